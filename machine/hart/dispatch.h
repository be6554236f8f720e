// SPDX-License-Identifier: MIT
// dispatch.h - how the interpreter goes from one instruction to the next.
//
// Theory    With computed goto each slot holds the address of its handler, and each handler ends
//           in a jump of its own, which the host's branch predictor learns. WebAssembly has no
//           such jump: there a slot holds the operation's number and one switch decides.
#pragma once

#if defined(__wasm__)
#define HANDLER(name) case OP_##name:
#define DISPATCH()    goto dispatch
#define DISPATCH_LOOP                                                                              \
    dispatch:                                                                                      \
    switch ((size_t)ip->go)
#define HANDLER_OF(name) (const void *)OP_##name
#else
#define HANDLER(name)    do_##name:
#define DISPATCH()       goto * ip->go
#define DISPATCH_LOOP    DISPATCH();
#define HANDLER_OF(name) &&do_##name
#endif
