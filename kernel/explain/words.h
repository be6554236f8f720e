// SPDX-License-Identifier: MIT
// words.h - every sentence of the explanations, in English and in Chinese. Each is two arguments
// of say(), whose conversions the compiler compares with the values in both languages; so their
// order is the same in both.
#pragma once

// ---- Lines ------------------------------------------------------------------------------------

// xv6's own lines, which are the same in every language.
#define W_TRAP                                                                                     \
    "usertrap(): unexpected scause 0x%lx pid=%d\n", "usertrap(): unexpected scause 0x%lx pid=%d\n"
#define W_TRAP_AT "            sepc=0x%lx stval=0x%lx\n", "            sepc=0x%lx stval=0x%lx\n"

#define W_WHAT                                                                                       \
    "  what:  pid %d %s, in %s, could not %s 0x%lx\n", "  事件:  进程 %d %s 在 %s 处无法%s " \
                                                       "0x%lx\n"
#define W_WHAT_ELSE "  what:  pid %d %s, in %s: %s\n", "  事件:  进程 %d %s 在 %s 处: %s\n"
#define W_KERNEL_WHAT                                                                              \
    "  what:  the kernel, for pid %d %s, could not %s 0x%lx\n",                                    \
        "  事件:  内核在为进程 %d %s 工作时无法%s 0x%lx\n"
#define W_KERNEL_WHAT_ELSE                                                                         \
    "  what:  the kernel, for pid %d %s: %s\n", "  事件:  内核在为进程 %d %s 工作时: %s\n"
#define W_FROM       "  from:  %s\n", "  调用:  %s\n"
#define W_WALK       "  walk:  %s\n", "  查表:  %s\n"
#define W_RULE       "  rule:  %s (%s, level %d)\n", "  规则:  %s (%s, 第 %d 级)\n"
#define W_HINT       "  hint:  %s\n", "  提示:  %s\n"
#define W_SHORT      "  why:   pid %d %s, %s 0x%lx: %s; %s\n", "  原因:  进程 %d %s, %s 0x%lx: %s; %s\n"
#define W_SHORT_ELSE "  why:   pid %d %s: %s\n", "  原因:  进程 %d %s: %s\n"

#define W_STARVED                                                                                  \
    "  what:  pid %d %s is stopped: all memory is in use\n",                                       \
        "  事件:  进程 %d %s 被终止: 内存已用尽\n"
#define W_STARVED_WHY                                                                              \
    "  why:   pid %d %s uses memory that both share since a fork\n",                               \
        "  原因:  进程 %d %s 正在使用 fork 之后两者共享的内存\n"

// ---- Accesses: they end "could not ..." -------------------------------------------------------

#define W_READ    "read", "读取"
#define W_WRITE   "write", "写入"
#define W_EXECUTE "execute", "执行"

// ---- Traps that are no page faults ------------------------------------------------------------

#define W_CAUSE_FETCH_MISALIGNED "a jump to an address that is not even", "跳转到了未对齐的地址"
#define W_CAUSE_ILLEGAL          "an instruction that the hart does not accept", "处理器不接受的指令"
#define W_CAUSE_BREAKPOINT       "a breakpoint (ebreak), and no debugger", "断点 (ebreak), 但没有调试器"
#define W_CAUSE_LOAD_MISALIGNED  "a load from an address that is not aligned", "从未对齐的地址读取"
#define W_CAUSE_STORE_MISALIGNED                                                                   \
    "a store or atomic at an address that is not aligned", "向未对齐的地址写入或做原子操作"
#define W_CAUSE_ECALL                                                                              \
    "a system call from a mode that makes none", "不该做系统调用的模式做了系统调用"
#define W_CAUSE_OTHER "a trap that this kernel does not know", "本内核不认识的陷入"
#define W_WORD        "  word:  0x%lx: %s\n", "  指令:  0x%lx: %s\n"
#define W_ADDRESS     "  addr:  0x%lx\n", "  地址:  0x%lx\n"

#define W_INSN_ZERO                                                                                \
    "all zeroes; data, or memory that was never written, was executed",                            \
        "全零; 执行了数据或从未写过的内存"
#define W_INSN_ONES                                                                                \
    "all ones; erased or missing memory was executed", "全一; 执行了被擦除或不存在的内存"
#define W_INSN_CSR    "a control register that user mode may not touch", "用户态不得访问的控制寄存器"
#define W_INSN_SYSTEM "an instruction for the kernel alone", "只供内核使用的指令"
#define W_INSN_FLOAT                                                                               \
    "a floating-point instruction, and the unit is off", "浮点指令, 但浮点单元已关闭"
#define W_INSN_VECTOR                                                                              \
    "a vector instruction; programs have no vector unit here", "向量指令; "                    \
                                                               "此处程序不能使用向量单元"
#define W_INSN_OTHER                                                                               \
    "no instruction of this hart, or text was overwritten", "不是本处理器的指令, 或代码已被改写"

// ---- The rules of the manual ------------------------------------------------------------------

#define W_RULE_OK                                                                                  \
    "the walk succeeds now: an old translation was used, or the table has changed since",          \
        "现在查表成功: 用到了旧的转换, 或页表此后已改变"
#define W_RULE_CANONICAL_39                                                                        \
    "bits 63 to 38 of the address are not all alike: no walk is made",                             \
        "地址的第 63 到 38 位不全相同: 不会查表"
#define W_RULE_CANONICAL_48                                                                        \
    "bits 63 to 47 of the address are not all alike: no walk is made",                             \
        "地址的第 63 到 47 位不全相同: 不会查表"
#define W_RULE_CANONICAL_57                                                                        \
    "bits 63 to 56 of the address are not all alike: no walk is made",                             \
        "地址的第 63 到 56 位不全相同: 不会查表"
#define W_RULE_PTE_ACCESS                                                                          \
    "the entry read next lies in no page table of ours", "下一个要读的表项不在任何页表里"
#define W_RULE_VALID "the entry is not valid (V=0)", "表项无效 (V=0)"
#define W_RULE_W_NEEDS_R                                                                           \
    "the entry is writable but not readable (W=1 R=0), which is reserved",                         \
        "表项可写却不可读 (W=1 R=0), 属保留组合"
#define W_RULE_RESERVED                                                                            \
    "reserved bits 63 to 54 of the entry are set", "表项的保留位 63 到 54 被置位"
#define W_RULE_POINTER_AUD                                                                         \
    "an entry that points to a table has A, U or D set", "指向下级页表的表项置了 A, U 或 D"
#define W_RULE_NO_LEAF                                                                             \
    "the last level holds a pointer (R=W=X=0), not a leaf", "最后一级是指针 (R=W=X=0) 而不是叶子"
#define W_RULE_ALIGNED "a larger page is not aligned to its size", "大页没有按其大小对齐"
#define W_RULE_USER    "the page is not for user mode (U=0)", "该页不供用户态使用 (U=0)"
#define W_RULE_SUM                                                                                 \
    "the kernel touched a user page (U=1), which SUM=0 forbids",                                   \
        "内核访问了用户页 (U=1), 而 SUM=0 不允许"
#define W_RULE_USER_FETCH "the kernel never executes a user page (U=1)", "内核从不执行用户页 (U=1)"
#define W_RULE_READ       "the page is not readable (R=0)", "该页不可读 (R=0)"
#define W_RULE_WRITE      "the page is not writable (W=0)", "该页不可写 (W=0)"
#define W_RULE_EXEC       "the page is not executable (X=0)", "该页不可执行 (X=0)"
#define W_RULE_ACCESSED                                                                            \
    "the entry is not marked accessed (A=0), and this hart leaves that to software",               \
        "表项未标记已访问 (A=0), 而本处理器把它留给软件"
#define W_RULE_DIRTY                                                                               \
    "the entry is not marked dirty (D=0), and this hart leaves that to software",                  \
        "表项未标记已修改 (D=0), 而本处理器把它留给软件"
#define W_REFUSED                                                                                  \
    "the walk succeeds; the memory or device there refused the access",                            \
        "查表成功; 但那里的内存或设备拒绝了访问"
#define W_REGION_FIRST                                                                             \
    "  rule:  the page is absent (V=0), and its region does not allow to %s it\n",                 \
        "  规则:  该页不在内存 (V=0), 且所属区域不允许%s\n"

// ---- Regions of a process ---------------------------------------------------------------------

#define W_REGION_IMAGE    "the program", "程序映像"
#define W_REGION_GUARD    "the guard page", "保护页"
#define W_REGION_STACK    "the stack", "栈"
#define W_REGION_HEAP     "the heap", "堆"
#define W_REGION_USYSCALL "the USYSCALL page", "USYSCALL 页"
#define W_REGION_MMAP     "memory from mmap()", "mmap() 所得的内存"
#define W_REGION_OTHER    "a mapping", "映射区"

// ---- Where an address is ----------------------------------------------------------------------

#define W_IN           "  near:  in %s, 0x%lx-0x%lx %.3s\n", "  位置:  在%s内, 0x%lx-0x%lx %.3s\n"
#define W_NEAR         "  near:  %s\n", "  位置:  %s\n"
#define W_NEAR_KTEXT   "the kernel's text", "内核代码"
#define W_NEAR_KRODATA "the kernel's constants, which are read-only", "内核常量, 它们是只读的"
#define W_NEAR_KDATA   "the kernel's data, which is not executable", "内核数据, 不可执行"
#define W_SYMBOL       "  near:  %s: %s+0x%lx\n", "  位置:  %s: %s+0x%lx\n"
#define W_BETWEEN                                                                                  \
    "  near:  0x%lx above %s, 0x%lx below %s\n",                                                   \
        "  位置:  高出 0x%lx 字节处为%s, 再往上 0x%lx 字节为%s\n"
#define W_PAST_BREAK                                                                               \
    "  near:  0x%lx bytes past the end of the heap (the break is 0x%lx)\n",                        \
        "  位置:  超出堆末端 0x%lx 字节 (break 为 0x%lx)\n"
#define W_FREED                                                                                    \
    "  near:  freed memory: the break is 0x%lx, and was as high as 0x%lx\n",                       \
        "  位置:  已释放的内存: break 为 0x%lx, 曾高达 0x%lx\n"
#define W_OVERFLOW                                                                                 \
    "  near:  the guard page 0x%lx below a stack of %lu bytes; sp is 0x%lx: the stack is full\n",  \
        "  位置:  保护页 0x%lx, 其上的栈有 %lu 字节; sp 为 0x%lx: 栈已用尽\n"
#define W_KSTACK "  near:  %s, of pid %d %s\n", "  位置:  %s, 属于进程 %d %s\n"

// ---- Layouts ----------------------------------------------------------------------------------

#define W_PART         "  part:  %s, 0x%lx-0x%lx\n", "  区段:  %s, 0x%lx-0x%lx\n"
#define W_PART_HOLE    "the hole below a kernel stack", "内核栈下方的空洞"
#define W_PART_KSTACKS "the window for kernel stacks", "内核栈的窗口"
#define W_HINT_APART                                                                               \
    "two parts have the same addresses: move one before anything is mapped",                       \
        "同一段地址有两种安排: 在映射之前移开其一"
#define W_HINT_GUARD_NONE                                                                          \
    "this stack has no guard: it would grow into what lies below it",                              \
        "该栈没有保护页: 它会长入其下方的内存"
#define W_HINT_GUARD_ABOVE                                                                         \
    "a stack grows down: its guard belongs right below it", "栈向下增长: 保护页应紧接在栈的下方"
#define W_HINT_GUARD_OPEN                                                                          \
    "user mode may use the guard page: clear its PTE_U", "用户态可以使用该保护页: 请清除其 PTE_U"
#define W_HINT_HOLE_MAPPED                                                                                     \
    "the stack would overflow into this page, and no fault would tell", "该栈会溢出到此页而无人察" \
                                                                        "觉"

// ---- Whose memory it is -----------------------------------------------------------------------

#define W_OWNER                                                                                    \
    "  owner: pa 0x%lx, a %s frame of %s %u, references %d, user mappings %u\n",                   \
        "  归属:  物理地址 0x%lx, %s页框, 属于%s %u, 引用 %d, 用户映射 %u\n"
#define W_OWNER_NONE                                                                               \
    "  owner: pa 0x%lx, a %s frame, which no process has\n",                                       \
        "  归属:  物理地址 0x%lx, %s页框, 不属于任何进程\n"
#define W_KIND_FREE      "free", "空闲"
#define W_KIND_RESERVED  "reserved", "保留"
#define W_KIND_PGTABLE   "pgtable", "页表"
#define W_KIND_USER      "user", "用户"
#define W_KIND_CACHE     "cache", "页缓存"
#define W_KIND_KSTACK    "kstack", "内核栈"
#define W_KIND_TRAPFRAME "trapframe", "trapframe"
#define W_KIND_USYSCALL  "usyscall", "usyscall"
#define W_KIND_SLAB      "slab", "slab"
#define W_KIND_DMA       "dma", "dma"
#define W_OWNER_PID      "pid", "进程"
#define W_OWNER_INODE    "inode", "inode"
#define W_OWNER_KERNEL   "owner", "所有者"
#define W_UNMANAGED                                                                                \
    "  owner: pa 0x%lx is not RAM that the kernel manages\n",                                      \
        "  归属:  物理地址 0x%lx 不是内核管理的内存\n"
#define W_ROLE_TABLE  "  table: in the page table at\n", "  页表:  所在的页表\n"
#define W_ROLE_THERE  "  there: what is mapped already\n", "  现有:  已经映射的页\n"
#define W_ROLE_WANTED "  new:   what was to be mapped\n", "  新映射: 要映射的页\n"
#define W_MAPPED      "  by:    %s 0x%lx by %s, %lu ms ago\n", "  来历:  %s 0x%lx, 由 %s, %lu 毫秒前\n"
#define W_OP_MAP      "mapped", "映射"
#define W_OP_UNMAP    "unmapped", "解除映射"

// ---- Hints ------------------------------------------------------------------------------------

#define W_HINT_TEXT                                                                                \
    "text is read-only here; a program that writes to it must be linked as one RWE segment",       \
        "代码在此只读; 要改写代码的程序须链接成单个 RWE 段"
#define W_HINT_DATA_EXEC                                                                           \
    "data is not executable; was a function pointer or a return address overwritten?",             \
        "数据不可执行; 函数指针或返回地址是否被改写?"
#define W_HINT_STACK                                                                               \
    "recurse less, use smaller arrays, or link with -z stack-size=BYTES",                          \
        "减少递归, 缩小局部数组, 或用 -z stack-size=字节数 链接"
#define W_HINT_PROT                                                                                \
    "its protection does not allow it: see mmap() and mprotect()",                                 \
        "其保护位不允许: 参见 mmap() 与 mprotect()"
#define W_HINT_EOF "beyond the end of the mapped file", "超出了所映射文件的末尾"
#define W_HINT_KERNEL                                                                              \
    "user programs reach the kernel by system calls only", "用户程序只能通过系统调用进入内核"
#define W_HINT_PTE_U                                                                               \
    "the region is the process's own: did the code that mapped it forget PTE_U?",                  \
        "该区域属于本进程: 映射者是否忘了 PTE_U?"
#define W_HINT_USYSCALL                                                                            \
    "read pid and errno there; ask for changes by system calls",                                   \
        "pid 与 errno 在此读取; 修改须用系统调用"
#define W_HINT_USE_FREED "a pointer outlived the memory it points to", "指针比它所指的内存活得更久"
#define W_HINT_HEAP                                                                                \
    "an index beyond an array, or memory that sbrk() was never asked for",                         \
        "数组越界, 或从未用 sbrk() 申请的内存"
#define W_HINT_NO_MEMORY "no memory was left for this page", "已没有内存可供此页使用"
#define W_HINT_STARVED                                                                             \
    "no memory was left for a page that it has, or shares since a fork",                           \
        "已没有内存可供它已有的或 fork 时共享的页"
#define W_HINT_STRICT                                                                              \
    "with commit=strict at boot such a fork fails instead",                                        \
        "启动时加 commit=strict, 这样的 fork 会直接失败"
#define W_HINT_IO "the page could not be read from the disk", "无法从磁盘读出该页"
#define W_HINT_REMAP                                                                               \
    "an address is mapped once: unmap it first, or choose another",                                \
        "一个地址只映射一次: 先解除映射或换个地址"
#define W_HINT_FREEWALK                                                                            \
    "every leaf goes before its table: unmap this page first",                                     \
        "页表释放前叶子须先清除: 先解除此页的映射"
#define W_KSTACK_SIZE                                                                              \
    "  hint:  a kernel stack has %d bytes: less recursion, or smaller local arrays\n",             \
        "  提示:  内核栈有 %d 字节: 减少递归或缩小局部数组\n"
#define W_HINT_SUM                                                                                 \
    "user memory is reached through copyin() and copyout() alone",                                 \
        "用户内存只能经由 copyin() 与 copyout() 访问"
#define W_HINT_TABLE_DIRTY                                                                         \
    "table entries have V alone; leaf flags went into a pointer",                                  \
        "指向页表的表项只置 V; 叶子的标志进入了指针"
#define W_HINT_NO_LEAF                                                                             \
    "the last level holds leaves; was PTE_R, PTE_W or PTE_X forgotten?",                           \
        "最后一级只放叶子; 是否忘了 PTE_R, PTE_W 或 PTE_X?"
#define W_HINT_W_NEEDS_R "give PTE_R wherever PTE_W is given", "凡置 PTE_W 处也须置 PTE_R"
#define W_HINT_ALIGNED                                                                             \
    "2 MiB and 1 GiB pages need physical addresses that are multiples of that",                    \
        "2 MiB 与 1 GiB 的页要求物理地址是其整数倍"
#define W_HINT_AD                                                                                  \
    "set A and D when the page is mapped, or in the fault handler", "映射时或缺页处理时置 A 与 D"
#define W_HINT_FENCE                                                                               \
    "was sfence.vma forgotten after the entry changed?", "修改表项后是否忘了 sfence.vma?"
#define W_HINT_FREE_TABLE                                                                          \
    "a table was freed, or its entry overwritten, while it was still in use",                      \
        "页表在使用中被释放, 或其表项被改写"
#define W_HINT_KSTACK_GONE                                                                         \
    "is it mapped in another table than the one that was walked?",                                 \
        "它是否映射在另一张页表里, 而非所查的这张?"

// ---- Panics -----------------------------------------------------------------------------------

#define W_MEANS        "  means: %s\n", "  含义:  %s\n"
#define W_POISON       "  fill:  register %s holds 0x%lx: %s\n", "  填充:  寄存器 %s 的值 0x%lx: %s\n"
#define W_USER_CALLERS "user code of pid %d %s:\n", "进程 %d %s 的用户代码:\n"
