// SPDX-License-Identifier: MIT
// link.ts - the page's end of the line to the worker.
import type { Told } from "./protocol";

declare const WORKER_TEXT: string;

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };
type Listener<K extends Told["kind"]> = (told: Extract<Told, { kind: K }>) => void;

export class Link {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners: { [K in Told["kind"]]?: Listener<K>[] } = {};
  private last = 0;

  constructor() {
    this.worker = new Worker(URL.createObjectURL(new Blob([WORKER_TEXT], { type: "text/javascript" })));
    this.worker.onmessage = (message: MessageEvent<Told>) => this.hear(message.data);
    this.worker.onerror = (event) => this.broken(event.message);
  }

  private hear(told: Told): void {
    if (told.kind === "answer") {
      const waits = this.waiting.get(told.id);
      this.waiting.delete(told.id);
      if (told.error !== undefined) waits?.reject(new Error(told.error));
      else waits?.resolve(told.value);
    } else {
      (this.listeners[told.kind] as Listener<typeof told.kind>[] | undefined)?.forEach((f) => f(told as never));
    }
  }

  // The worker has failed: nothing that waits for it may wait for ever.
  private broken(words: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const waits of waiting) waits.reject(new Error(words));
    if (waiting.length === 0) void Promise.reject(new Error(words));
  }

  on<K extends Told["kind"]>(kind: K, listener: Listener<K>): void {
    ((this.listeners[kind] ??= []) as Listener<K>[]).push(listener);
  }

  call<T = unknown>(call: string, ...args: unknown[]): Promise<T> {
    const id = ++this.last;
    this.worker.postMessage({ id, call, args });
    return new Promise<T>((resolve, reject) => this.waiting.set(id, { resolve: resolve as (v: unknown) => void, reject }));
  }

  /** Ends the worker; what waits for an answer gets none. */
  end(): void {
    this.worker.terminate();
    this.waiting.clear();
  }

  look<T>(...ask: unknown[]): Promise<T> {
    return this.call<T>("look", ask);
  }
}
