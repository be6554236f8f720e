// SPDX-License-Identifier: MIT
// mini.h - a small kernel with the names and the shape of xv6, and at most one mistake.
//
// Theory    Students' kernels have kalloc, walk, mappages, usertrap, sleep and their like, and the
//           glass machine explains their mistakes by these names. This kernel has them, too. Each
//           build has the mistake that -DMISTAKE=NAME says; without it the kernel is correct.
//           A line of input runs the workload of user.c once; "vandal", "lazy", "overflow",
//           "files", "directories", "mapped", "threads", "below", "reader" and "kernel" run others,
//           "exit" ends.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef u64 pte_t;
typedef pte_t *pagetable_t;

// The mistakes, by the function that makes them.
enum mistake {
    NONE,
    TABLE_NOT_CLEARED,   // walk: a new table page keeps what the allocator left in it
    LEAF_IN_POINTER,     // walk: the pointer to a table has R set
    PAGE_NOT_CLEARED,    // uvmalloc: a new page of a process keeps what the allocator left in it
    FREE_KEEPS_LEAF,     // uvmunmap: the page is freed, the entry stays
    UNMAP_KEEPS,         // uvmunmap: the entry is cleared, the page is not freed
    COPY_SHARES,         // uvmcopy: parent and child may both store to the page they share
    COPY_SKIPS_FIRST,    // uvmcopy: the child does not get the first page
    COPY_NO_COUNT,       // uvmcopy: the child's use of a page is not counted
    COPY_COUNTS_TWICE,   // uvmcopy: it is counted twice
    COPY_COUNTS_BY_VA,   // uvmcopy: the count of another page rises
    COPY_FLAGS_EARLY,    // uvmcopy: the child gets the flags that the parent had before
    COPY_MARK_LOST,      // uvmcopy: a page that is copy-on-write already loses its mark
    COPY_ALL_COW,        // uvmcopy: text becomes copy-on-write, and writable by that
    COW_FOR_TWO,         // cowfault: a page with two users is not copied
    COW_NO_RELEASE,      // cowfault: the old page keeps a user that is none
    COW_TWO_RELEASES,    // cowfault: the old page loses two users
    COPYOUT_NOT_COW,     // copyout: the kernel stores to a page that is shared
    TABLE_USED_AFTER,    // freewalk: the table is written after it was freed
    FREE_TWICE,          // freeproc: the trapframe is freed a second time
    TRAPFRAME_LEAKS,     // freeproc: the trapframe is forgotten
    USYSCALL_LEAKS,      // freeproc: the page is forgotten
    USYSCALL_WRITABLE,   // proc_pagetable: the process may store to the kernel's page
    USYSCALL_NO_U,       // proc_pagetable: the process may not read it
    SHRINK_KEEPS_LEAVES, // growproc: only the size changes
    STACKS_TOUCH,        // KSTACK: no guard page between kernel stacks
    STACK_SMALL,         // dive: a system call goes deeper than its stack
    ECALL_AGAIN,         // usertrap: epc does not move on
    TIMER_NOT_SET,       // clockintr: the next tick is not asked for
    LEVEL_SHIFT,         // walk: a level has 8 bits of the address
    TRAPFRAME_U,         // proc_pagetable: the trapframe is the user's
    COW_BY_EQUALITY,     // cowfault: A and D are not expected in the entry
    FAULT_UNRESOLVED,    // cowfault: nothing is done
    GROW_OVERLAPS,       // uvmalloc: it begins one page early
    SHRINK_TOO_MUCH,     // uvmdealloc: one page more than there is
    NULL_USED,           // growproc: the result of walk is not checked
    JUMP_TO_NOTHING,     // syscall: a function pointer that was never set
    ROOT_FREED,          // syscall: the root is freed while it is in use
    YIELD_WITH_LOCK,     // yield: another lock is held
    FREE_ZERO,           // freeproc: the pointer is cleared before it is freed
    COPYOUT_NOT_LAZY,    // copyout: a page that was never touched is not allocated
    USER_NO_GUARD,       // exec: the process may use the page below its stack
    CLEAR_KEEPS_W,       // uvmclear: W stays in the entry, R goes
    LEAF_FOR_TABLE,      // exec: the entry of level 1 that leads to a table has R and U
    TABLE_SHARED,        // fork: the child's tree gets the parent's table
    SHRINK_TWICE,        // growproc: a page that was given back is unmapped again
    SHRINK_UNMAPS_TEXT,  // growproc: a page that the process keeps is unmapped, too
    GROW_NO_U,           // growproc: the first new page is the kernel's alone
    EXIT_UNMAPS_PARENT,  // exit: an entry of the parent's is cleared, not one of the process
    MAPS_BEHIND,         // fork: a page behind p->sz, which nothing unmaps
    FAULT_ROUNDS_UP,     // vmfault: the page after the one that was touched
    FAULT_BEYOND,        // vmfault: p->sz is not looked at
    RUNS_OUT,            // vmfault: there is no page left
    RUNS_OUT_AGAIN,      // vmfault: ... and the fault counts as resolved
    RUNS_OUT_PANICS,     // vmfault: ... and that is no reason to panic
    GUARD_UNMAPPED,      // uvmclear: the page goes, and uvmcopy() does not expect that
    EXEC_LEAKS,          // exec: a root that is not used is forgotten
    DEVICE_TWICE,        // kvminit: a device is mapped a second time
    TRAMPOLINE_OTHER,    // proc_pagetable: the page behind the trampoline in its place
    SPP_KEPT,            // usertrapret: the program runs in supervisor mode
    PID_RACE,            // allocpid: no lock
    FREE_FILLS_EARLY,    // kfree: the page is filled before the count is looked at
    FREE_LATE,           // kfree: the count is looked at when the lock is released
    COPY_AT_PAGE_START,  // copyout: the offset in the page is forgotten
    COPY_WITHOUT_U,      // copyout: a page that the process may not use is no reason to refuse
    ALLOC_NO_COUNT,      // kalloc: the count of the page is left as it was
    GIVES_TWICE,         // kalloc: the page stays in the list
    SP_AT_BOTTOM,        // usertrapret: kernel_sp is the lower end of the stack
    SP_LOW,              // allocproc: context.sp is the lower end of the stack
    HART_NOT_STORED,     // usertrapret: kernel_hartid is what the allocator left there
    PROC_NOT_CLEARED,    // scheduler: c->proc is the process that ran last
    CHAN_NOT_STORED,     // sched: p->chan is cleared, as if sleep() had not stored it
    LOG_LEFT_OPEN,       // syscall: an operation of the log is begun and not ended
    CROSSED_LOCKS,       // cross: two harts take two locks, each another one first
    ENTRY_RACE,          // age: each hart changes entries of the first process without a lock
    UNMAP_NOT_WRITTEN,   // unmap: changed pages of a shared mapping do not get to the file
    MMAP_NO_FILEDUP,     // sys_mmap: the pointer of the mapping is not counted
    MMAP_OVERLAPS,       // sys_mmap: each mapping of a process begins at the same address
    FILE_NO_W,           // filefault: the process may not write the page
    MMAP_READONLY,       // sys_mmap: a file that may not be written is mapped for stores
    FILE_NO_RIGHTS,      // filefault: the process may neither read nor write the page
    MUNMAP_KEEPS_OFFSET, // cut: the rest of a mapping gets the first pages of the file
    MUNMAP_KEEPS_BEGIN,  // cut: the end of the mapping moves, not its start
    FORK_NO_FILEDUP,     // filefork: the pointers of mappings are not counted
    INTERRUPTS_EARLY,    // kvminit: interrupts are on before there is a handler
    NOTHING_FREE,        // kinit: no page gets into the list
    COPY_NO_X,           // uvmcopy: the child may not execute its program
    COW_NO_W,            // cowfault: the copy may not be written
    EXIT_KEEPS_FILES,    // exit: files that the process has mapped stay mapped
    ALLOCPROC_LEAKS,     // allocproc: a page that freeproc does not know
    ECALL_TO_M,          // start: medeleg has no bit of ecall, and there is no handler in M-mode
    ECALL_TO_M_RETURNS,  // start: ... and the handler there only returns
    SHRINK_CUTS_IN,      // uvmdealloc: it begins one page early
    CLEARS_TOO_MUCH,     // allocproc: memset of a field has the size of the whole
    NOFF_LEFT,           // kfree: a push_off() without its pop_off()
    STACK_CLEARED,       // exec: the process may not use its stack
    STRING_NO_NUL,       // exec: a string on the stack has no room for its end
    ARGV_NO_END,         // exec: the array of strings has no 0 behind it
    ARGV_NOT_TOLD,       // exec: a1 is what it was
    LARGE_CUT,           // uvmunmap: a large leaf goes for the sake of one page
    LARGE_UNALIGNED,     // cut_large: the address in a large leaf is no multiple of 2 MiB
    BREAD_NO_COUNT,      // bread: a block that a buffer has already gets one more user, uncounted
    BRELSE_KEEPS,        // brelse: the count does not fall
    BUNPIN_KEEPS,        // bunpin: ... nor here
    OPEN_KEEPS_BUFFERS,  // look_up: the buffers are not given back
    CHDIR_KEEPS,         // sys_chdir: the old directory is not given back
    NAMEX_KEEPS,         // namex: the directory in which it has looked is not given back
    IPUT_KEEPS,          // iput: the count does not fall
    FORK_KEEPS_A0,       // fork: the child goes on as if it were the parent
    FORK_NO_COPY,        // fork: the trapframe of the child is what the allocator left there
    CHDIR_GIVES_AWAY,    // sys_chdir: the reference of the new directory is given away
    MAPS_ONE_MORE,       // mappages: it maps the page behind the range, too
    COPY_HALF,           // copy_half: the child gets half of the bytes of a page
    GROW_ALIASES,        // uvmalloc: all new pages of a process are one
    TRAMPOLINE_NONE,     // proc_pagetable: the tree has no trampoline
    TRAPFRAME_MOVED,     // proc_pagetable: the trapframe is not where the trampoline expects it
    STACK_FREED,         // main: the page of the boot stack is freed
    EXEC_KEEPS_ROOT,     // exec: the old tree is forgotten
    MAXVA_LARGE,         // MAXVA: the highest addresses are no canonical ones
    RAM_LARGE,           // PHYSTOP: there is less memory
    LARGE_PASSED,        // walk: it goes on at a leaf of 2 MiB
    LARGE_NO_OFFSET,     // copyout: ... it uses the first 4 KiB of it
    LARGE_KFREED,        // uvmunmap: ... kfree() is given the 2 MiB
    ROOT_LACKS,          // own_root: the kernel's table of a process lacks a page of the kernel
    ROOT_NO_USER,        // own_root: ... and one of the process
    ROOT_NOT_SWITCHED,   // own_root: that table is not used
    ACQUIRE_AGAIN,       // acquire: it does not panic; consoleread takes its lock twice
    NOFF_NOT_RAISED,     // acquire: no push_off()
    NOFF_NOT_LOWERED,    // release: no pop_off()
    SLEEP_EARLY,         // sleep: lk is released before p->lock is held
    READ_NOT_KILLED,     // consoleread: p->killed is not looked at
    KILL_NO_WAKE,        // kill: no wake-up
    STVEC_KEPT,
    SIE_KEPT,        // usertrap: stvec is that of user mode; usertrapret: interrupts stay on
    STATUS_LOST,     // kerneltrap: sstatus is what another trap has left there
    EPC_INSIDE,      // usertrap: the program goes on inside the ecall
    NOT_COMPLETED,   // devintr: the PLIC does not hear of the end
    FREE_NO_LOCK,    // kfree: the page is put into the list without the lock
    MUNMAP_NO_CLOSE, // unmap: the reference of the mapping is not given back
    MUNMAP_LESS,     // unmap: only the first page of the range is unmapped
    MUNMAP_MORE,     // unmap: the page behind the range is unmapped, too
    UNPIN_NO_LOCK,   // bunpin: the count falls without the lock
    BLOCK_TWICE,     // bread: a block that a buffer has already gets another one
    ROOT_OLD,        // renew: the process keeps the root that was freed
};

// Few kernels go these ways, which are correct: -DWAY=NAME. No check may report them.
enum way {
    USUAL,
    OWN_LIST,     // uvmalloc, freewalk: kzalloc() and kput() use the list of free pages as well;
                  // freeproc: an unused process keeps the root that it had
    SPARE,        // kfree: a page is kept aside, without a link, and kalloc() gives it first
    EXIT_FREES,   // exit: the process frees its own memory and tables, root and all
    HANDED,       // exit: the scheduler releases a lock of the process that it has left
    NULL_TRAPS,   // exec: a program has no page 0
    COMMON_PAGE,  // proc_pagetable: a page that both the process and the kernel may store to
    SCRIPT,       // exec: it runs an interpreter, with other arguments than it was given
    KSTACK_ENDS,  // procinit: p->kstack is the upper end of the stack
    NO_READ,      // look_up: getblk() gives a buffer, too; brelse: the last buffer stays pinned
    NO_MARK,      // uvmcopy: copy-on-write has no mark in the entry, only W is missing
    COPY_AGAIN,   // copy_to_user: if copyout() fails, it allocates the page and copies again
    LOW_PAGE,     // kvminit: the kernel has memory of its own at a low address
    UNLOCKS,      // allocpid: unlock() does what release() does
    OWN_NUMBERS,  // start: the kernel gives the harts other numbers than mhartid
    TEXT_LATER,   // uvmcopy: the child gets its code when it uses it
    FAULT_AROUND, // filefault: the page before the one that was touched comes first
    NEW_ROOTS,    // renew: the old root of a process is freed before the process gets the new one
    W_FIRST,      // cowfault: the entry has W before the page is copied
};

#ifndef MISTAKE
#define MISTAKE NONE
#endif
#ifndef WAY
#define WAY USUAL
#endif
#define MAKES(mistake) (MISTAKE == (mistake))
#define TAKES(way)     (WAY == (way))

// --- the machine ---------------------------------------------------------------------------------

#define NHART    3
#define NPROC    8
#define NOFILE   4
#define NVMA     2
#define PGSIZE   4096UL
#define KERNBASE 0x80000000UL
#define PHYSTOP  (KERNBASE + (MAKES(RAM_LARGE) ? 8 : 2) * 1024 * 1024)
#define MAXVA    (1UL << (MAKES(MAXVA_LARGE) ? 39 : 38))

#define UART0    0x10000000UL
#define FINISHER 0x100000UL
#define PLIC     0x0c000000UL

#define BEHIND       (16UL << 20) // a page of the mistake MAPS_BEHIND
#define LOW          (1UL << 30)  // where the page of LOW_PAGE is
#define LARGE        (32UL << 20) // a leaf of level 1, of the mistake LARGE_CUT
#define TRAMPOLINE   (MAXVA - PGSIZE)
#define TRAPFRAME    (TRAMPOLINE - PGSIZE)
#define USYSCALL     (TAKES(COMMON_PAGE) ? MAXVA / 2 : TRAPFRAME - PGSIZE)
#define TEXT_AT      (TAKES(NULL_TRAPS) ? PGSIZE : 0)
#define KSTACK_AT    (TAKES(KSTACK_ENDS) ? PGSIZE : 0) // p->kstack in the stack's page
#define STACK_END(p) ((p)->kstack + PGSIZE - KSTACK_AT)
#define KSTACK(p)    (TRAMPOLINE - ((p) + 1) * (MAKES(STACKS_TOUCH) ? 1 : 2) * PGSIZE)

#define PTE_V   0x01UL
#define PTE_R   0x02UL
#define PTE_W   0x04UL
#define PTE_X   0x08UL
#define PTE_U   0x10UL
#define PTE_D   0x80UL
#define PTE_COW 0x100UL

#define PA_PTE(pa)      ((u64)(pa) >> 12 << 10)
#define PTE_PA(pte)     ((pte) >> 10 << 12)
#define PTE_FLAGS(pte)  ((pte)&0x3ff)
#define MAKE_SATP(root) (8UL << 60 | (u64)(root) >> 12)

#define PGROUNDUP(a)   (((a) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(a) ((a) & ~(PGSIZE - 1))

#include "csr.h"

// --- what the files share ------------------------------------------------------------------------

struct spinlock {
    u32 locked;
    const char *name;
    struct cpu *cpu;
};

struct context {
    u64 ra, sp, s[12];
};

struct cpu {
    struct proc *proc;
    struct context context;
    int noff;   // depth of push_off
    int intena; // were interrupts on before?
};

// trampoline.S knows the order: regs[n] is xn.
struct trapframe {
    union {
        u64 regs[32];
        struct {
            u64 zero, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0;
        };
    };
    u64 kernel_satp, kernel_sp, kernel_trap, kernel_hartid, epc;
};

#define FILE_SIZE (PGSIZE + 512)

struct inode {
    int ref;
    u32 size;
    u64 number;
    char *data;
};

struct file {
    int ref;
    struct inode *ip;
    char writable;
};

// A file that the process has mapped; file 0: unused.
struct vma {
    u64 from, to, offset;
    struct file *file;
};

enum procstate { UNUSED, USED, SLEEPING, RUNNABLE, RUNNING, ZOMBIE };

struct proc {
    struct spinlock lock;
    enum procstate state;
    void *chan;
    int killed, xstate, pid;
    struct proc *parent;
    u64 kstack, sz;
    pagetable_t pagetable;
    struct trapframe *trapframe;
    u64 *usyscall; // a page that the process may read: its pid
    struct context context;
    struct file *ofile[NOFILE];
    struct vma vma[NVMA];
    struct inode *cwd;
    char name[16];
};

extern struct proc proc[NPROC];
extern struct cpu cpus[NHART];
extern pagetable_t kernel_pagetable;
extern char trampoline[], uservec[], userret[], kernelvec[], etext[], end[], user_start[],
    user_end[];

// kalloc.c
void kinit(void);
void kfree(void *page);
void *kalloc(void);
void *kzalloc(void);
void kput(void *page);
void kshare(void *page);
void give_up(void);
u32 kcount(const void *page);
void *memset(void *to, int byte, u64 n);
void *memmove(void *to, const void *from, u64 n);

// spinlock.c
void initlock(struct spinlock *lk, const char *name);
void acquire(struct spinlock *lk);
void release(struct spinlock *lk);
void unlock(struct spinlock *lk);
int holding(struct spinlock *lk);
void push_off(void);
void pop_off(void);
void cross(void);
void take_over(struct spinlock *lk);
struct cpu *mycpu(void);

// vm.c
void kvminit(void);
void kvminithart(void);
pte_t *walk(pagetable_t table, u64 va, int alloc);
int mappages(pagetable_t table, u64 va, u64 size, u64 pa, u64 perm);
void uvmunmap(pagetable_t table, u64 va, u64 npages, int do_free);
pagetable_t uvmcreate(void);
u64 uvmalloc(pagetable_t table, u64 oldsz, u64 newsz, u64 perm);
u64 uvmdealloc(pagetable_t table, u64 oldsz, u64 newsz);
int uvmcopy(pagetable_t from, pagetable_t to, u64 sz);
void uvmfree(pagetable_t table, u64 sz);
int cowfault(pagetable_t table, u64 va);
int textfault(pagetable_t table, u64 va);
int vmfault(pagetable_t table, u64 va, u64 sz);
void uvmclear(pagetable_t table, u64 va);
int copyout(pagetable_t table, u64 va, const void *from, u64 n);
int copy_to_user(pagetable_t table, u64 va, const void *from, u64 n);
void map_table(pagetable_t root);
void cut_large(pagetable_t root);
void use_large(pagetable_t root);
void *superalloc(void);
void own_root(struct proc *p);

// proc.c
void procinit(void);
void proc_mapstacks(pagetable_t table);
void userinit(void);
void scheduler(void);
void sched(void);
void yield(void);
void sleep(void *chan, struct spinlock *lk);
void wakeup(void *chan);
int fork(void);
void exit(int status);
void age(void);
int wait(u64 status_va);
u64 growproc(long n);
u64 growlazily(u64 n);
struct proc *myproc(void);
void swtch(struct context *from, struct context *to);

// trap.c
void trapinithart(void);
void usertrap(void);
void usertrapret(void);
void kerneltrap(void);

// console.c
void consoleinit(void);
void consoleintr(void);
int consoleread(void);
void putc(int c);
void puts(const char *s);
void puthex(u64 n);
void panic(const char *why) __attribute__((noreturn));
void shutdown(void);
