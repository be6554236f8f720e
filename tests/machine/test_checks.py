# SPDX-License-Identifier: MIT
"""test_checks.py - each error of the small kernel is reported with its function; the correct kernel gets no report."""
import os

import facts
from glassrun import in_order, mini, run
from machine import Failure


def told(context, mistake, *lines, options=(), define=None):
    """The machine's output for the kernel with that mistake, with single spaces between words."""
    path = mini(context, mistake, f"-D{define}") if define else mini(context, mistake)
    known = facts.find(path, facts.questions(), os.path.abspath(f"{context.out}/test/facts"))
    if known is None:
        raise Failure("gdb has told no facts of the kernel")
    text = run(context, "--mem", "4M", "--max", "30000000", "--facts", known, *options, path, "--",
               *(lines or ("go", "go", "exit")), status=None)
    wide = [x for x in text.splitlines() if len(x) > 80 and x.startswith(("glass:", "  "))]
    if wide:
        raise Failure(f"more than 80 columns: {wide[0]}")
    return " ".join(text.split())


def place(name):
    return name + r" \((?:tests/)?machine/mini/[a-z]+\.[cS]:[0-9]+\)"


def test_checks_silent(context):
    """The correct kernel gets no report, with any seed."""
    for seed in "12345678":
        text = told(context, "NONE", options=("--seed", seed))
        if "glass:" in text:
            raise Failure(f"seed {seed}: {text}")


def test_checks_freed(context):
    """Double frees, uses after free, and a page that is free while a process has it."""
    in_order(told(context, "FREE_TWICE"), "glass: double free: page 0x[0-9a-f]+ is free already, and",
             "frees it again", "since: freed by", "since: allocated by " + place("allocproc"),
             "since: the pointer to it in struct proc was stored by " + place("allocproc"))
    in_order(told(context, "FREE_LATE", options=("--harts", "2")), "glass: two calls free page 0x[0-9a-f]+",
             "at the same time: " + place("kfree"),
             "since: freed by", place("kfree"))
    low = " leaves the count of page 0x[0-9a-f]+ too low"
    in_order(told(context, "COPY_NO_COUNT"), "glass: " + place("uvmcopy") + low,
             place("cowfault") + " lets the process store to it", "do: kalloc.. sets the count to 1")
    in_order(told(context, "ALLOC_NO_COUNT"), "glass: " + place("kalloc") + low)
    in_order(told(context, "COW_FOR_TWO"), "glass: " + place("cowfault") + " lets the process store to page 0x",
             "which pid [0-9] still has copy-on-write", "since: mapped with the entry", "do: copy the page unless")
    in_order(told(context, "COPY_COUNTS_BY_VA"), "still has .*mapped at 0x[0-9a-f]+", "since: mapped with the entry",
             "since: the entry that was removed with that free was written by .*" + place("uvmcopy"))
    in_order(told(context, "FREE_FILLS_EARLY"), "glass: " + place("kfree") + " fills page 0x[0-9a-f]+ but",
             "do: look at the count first")
    in_order(told(context, "TABLE_USED_AFTER"), "glass: use after free:", "writes 0x[0-9a-f]+, in a page that is free",
             "from: " + place("freewalk"), "since: freed by")
    in_order(told(context, "ROOT_OLD"), "glass: satp of hart . is given the page table 0x[0-9a-f]+, which ",
             place("renew") + " has freed", "since: freed by " + place("renew") + " < " + place("syscall"))
    if "freed by memset" in told(context, "COW_TWO_RELEASES"):
        raise Failure("what kalloc() fills was told as freed")
    in_order(told(context, "COW_TWO_RELEASES"), "still has mapped at 0x[0-9a-f]+: " + place("cowfault"),
             "gave up two users for one entry")


def test_checks_files(context):
    """Reference counts that are too low, and changed pages that never get to their file."""
    text = told(context, "NONE", "files", "files", "exit")
    if "glass:" in text or text.count("mm") != 2:
        raise Failure(text)
    in_order(told(context, "UNMAP_NOT_WRITTEN", "files", "exit"), "glass: " + place("unmap"),
             "gives up page 0x10000000 of a MAP_SHARED mapping", "since: the entry was 0x[0-9a-f]+ .VRW-U-AD.",
             "near: the mapping begins at 0x10000000; .* offset 0x0 of the file, which has 4608 bytes")
    in_order(told(context, "MMAP_OVERLAPS", "files", "exit"), "glass: " + place("sys_mmap") + " maps a file for pid 1",
             "at 0x10000000, but its mapping 0x10000000 to 0x10002000 is still there", "do: choose addresses")
    in_order(told(context, "MUNMAP_KEEPS_OFFSET", "files", "exit"), "glass: page 0x10001000 of pid 2",
             "is written by " + place("unmap") + " to offset 0x0 of the file, not 0x1000")
    in_order(told(context, "MUNMAP_KEEPS_BEGIN", "files", "exit"),
             "glass: freewalk: a leaf is still there for 0x10001000", "do: " + place("exit") + " has not unmapped it;",
             "munmap.. has cut this mapping: check the start and length that " + place("unmap") + " has left")
    in_order(told(context, "FORK_NO_FILEDUP", "files", "exit"), "glass: " + place("fork"),
             "copies 2 pointers to the file at 0x[0-9a-f]+ for the child, and counts 1 of them",
             "since: pointers of mappings among them: 1")
    in_order(told(context, "MMAP_NO_FILEDUP", "files", "exit"), "glass: " + place("sys_mmap"),
             "keeps a pointer to the file at 0x[0-9a-f]+, and takes no reference", "was stored by " + place("sys_mmap"))
    in_order(told(context, "CHDIR_GIVES_AWAY", "files", "exit"), "glass: " + place("sys_chdir"),
             "gave the last reference to the inode at 0x[0-9a-f]+ away, but " + place("filefork"),
             "since: its count became 0 in " + place("iput") + " < " + place("sys_chdir") + " < " + place("syscall")
             + " < usertrap, pid 1",  # syscall() is inlined
             "since: the pointer to it that is still there, .* was stored by " + place("sys_chdir"))
    in_order(told(context, "MUNMAP_NO_CLOSE", "files", "exit"), "glass: the file at 0x[0-9a-f]+ has",
             "[0-9]+ references, but nothing points to it any more: " + place("unmap"),
             "do: call fileclose.. in " + place("unmap"))
    in_order(told(context, "MUNMAP_LESS", "files", "exit"), "glass: " + place("unmap") + " leaves",
             "0x10001000 mapped, and munmap.. was asked for 0x10000000 to 0x10002000",
             "do: compute the number of pages")
    in_order(told(context, "MUNMAP_MORE", "files", "exit"), "glass: " + place("unmap") + " unmaps 0x10001000, and",
             "asked for 0x10000000 to 0x10001000 only")
    in_order(told(context, "FILE_NO_W", "files", "exit"), "glass: pid [0-9]+ .init. is killed:",
             "could not write 0x1000", "W is 0", "do: mmap.. was asked for this right")
    in_order(told(context, "MMAP_READONLY", "files", "exit"), "glass: " + place("sys_mmap") + " lets pid [0-9]+",
             "do: refuse PROT_WRITE")


def test_checks_lost(context):
    """Pages that nothing leads to, with the place that forgot them."""
    in_order(told(context, "COPY_COUNTS_TWICE"), "lost, 0x[0-9a-f]+ for one: .* gives it up, but it is not freed; " +
             place("uvmcopy") + " leaves its count wrong", "do: kalloc.. sets the count to 1")
    in_order(told(context, "USYSCALL_LEAKS"), "pages lost, 0x[0-9a-f]+ for one: allocated by " + place("allocproc"),
             "unmapped by ", "never freed", "its last entry was removed by " + place("uvmunmap"))
    # Two without those that only the stacks of ended processes lead to.
    in_order(told(context, "TRAPFRAME_LEAKS"), "glass: [3-9] pages lost, .*allocated by " + place("allocproc"),
             "unmapped by " + place("freeproc"), "never freed")
    in_order(told(context, "COW_NO_RELEASE"), "pages lost", "unmapped by " + place("cowfault"), "never freed")
    in_order(told(context, "UNMAP_KEEPS"), "pages lost", "its last entry was removed by " + place("uvmunmap"))


def test_checks_tables(context):
    """Tables that are not right when a process goes on."""
    in_order(told(context, "SHRINK_KEEPS_LEAVES"), "has shrunk from 0x[0-9a-f]+ to 0x[0-9a-f]+ bytes, and its page at",
             "the size was set by " + place("growproc"))
    in_order(told(context, "STACKS_TOUCH"), "there is no guard page below the kernel stack", "by " + place("mappages"),
             "proc_mapstacks")
    in_order(told(context, "USYSCALL_WRITABLE"), "may store to the kernel's page 0x[0-9a-f]+, which is mapped at",
             "0x3fffffd000", "by " + place("mappages"))


def test_checks_atrest(context):
    """Entries that no hart takes, a leaf for a table, a table in two trees, and a stack without a guard."""
    in_order(told(context, "CLEAR_KEEPS_W"), "glass: no hart takes the entry 0x[0-9a-f]+ .V-W",
             "of level 0, which pid 1",
             "written by " + place("uvmclear"))
    in_order(told(context, "FILE_NO_RIGHTS", "files", "exit"), "glass: no hart takes the entry 0x[0-9a-f]+ .V---U---",
             "of level 0, which pid 1", "written by mappages.* < " + place("filefault"),
             "rule: level 0 must hold leaves")
    in_order(told(context, "LARGE_UNALIGNED"), "glass: no hart takes the entry 0x[0-9a-f]+ .VR------",
             "of level 1, which pid 1", "written by " + place("cut_large"), "rule: the address in a larger leaf")
    in_order(told(context, "LEAF_FOR_TABLE"), "glass: ", "of level 1, which pid 1", "at 0x200000",
             "written by " + place("map_table") + " < " + place("exec") + " < " + place("forkret") + ", pid 1")
    in_order(told(context, "TABLE_SHARED"), "glass: pid [0-9]+ .init. and pid [0-9]+ have one page-table page",
             "written by " + place("fork"))
    in_order(told(context, "USER_NO_GUARD"), "glass: " + place("exec") + " gives pid 1 .init. a stack at",
             "without a guard page below")


def test_checks_races(context):
    """Two harts that store to one entry, or count with no lock in common; and the correct kernel, with its locks."""
    in_order(told(context, "PID_RACE", "go", "go", "go", "go", "exit", options=("--races", "--turn", "15")),
             "glass: data race: " + place("allocpid"), "changes the variable nextpid .0x[0-9a-f]+. on hart",
             "and there is no lock that both held", "do: hold one lock in " + place("allocpid"))
    in_order(told(context, "ENTRY_RACE", options=("--races",)), "glass: data race: " + place("age"),
             "stores the page table entry at 0x[0-9a-f]+, and so does " + place("age"))
    in_order(told(context, "FREE_NO_LOCK", options=("--races",)), "glass: data race: " + place("kfree"),
             " changes .* on hart", place("kalloc") + " did on hart",
             "since: the other change of 0x[0-9a-f]+: " + place("kalloc"))
    in_order(told(context, "UNPIN_NO_LOCK", *["files", "go"] * 4, "exit", options=("--races", "--seed", "2")),
             "glass: data race: " + place("bunpin") + " changes .* on hart", "do: hold one lock in " + place("bunpin"))
    for seed in "123":
        text = told(context, "NONE", options=("--races", "--seed", seed))
        if "glass:" in text:
            raise Failure(f"seed {seed}: {text}")


def test_checks_unset(context):
    """Memory that is used as the allocator left it."""
    in_order(told(context, "PAGE_NOT_CLEARED"), "pid 1 .init. gets a page at 0x[0-9a-f]+ that nothing has stored to",
             "since " + place("uvmalloc"), "it holds 0x33")
    in_order(told(context, "TABLE_NOT_CLEARED"), "the page table entry at 0x[0-9a-f]+ is used, which nothing has",
             "stored to since " + place("walk"))


def test_checks_cow(context):
    """A right beyond that of the region; a store of the kernel to a shared page."""
    in_order(told(context, "COPY_ALL_COW", "vandal", "exit"), "may store to its code now: " + place("copy_on_write"),
             "from: " + place("cowfault"))
    in_order(told(context, "COPYOUT_NOT_COW"), place("copyout") + " stores to page 0x[0-9a-f]+, which",
             "pid 1 and pid 2 share copy-on-write")


def test_checks_lazy(context):
    """A legal buffer in a page that the process has not touched yet; the correct kernel allocates it."""
    text = told(context, "NONE", "lazy", "go", "exit")
    if text != "$ $ p $":
        raise Failure(text)
    in_order(told(context, "COPYOUT_NOT_LAZY", "lazy", "exit"), "glass: " + place("copyout") + " fails at 0x[0-9a-f]+,",
             "which pid 1 .init. owns and has not touched yet: " + place("copyout") + " does not allocate it")


def test_checks_peek(context):
    """A program that reads the kernel's memory: its own mistake, whatever slots of the root are empty."""
    text = told(context, "NONE", "kernel", "go", "exit")
    in_order(text, "what: pid 2 .init. is killed: at user pc 0x[0-9a-f]+ it could not read 0x80000000")
    if "glass:" in text or "PX" in text:
        raise Failure(text)


def test_checks_copies(context):
    """A copy of the kernel to another place than was asked for, and one to a page that the process may not use."""
    in_order(told(context, "COPY_AT_PAGE_START"), "glass: " + place("copyout") + " returned 0, but byte 0 differs",
             "do: look at how " + place("copyout") + " finds the bytes of each page")
    in_order(told(context, "COPY_WITHOUT_U", "below",
             "exit"), "glass: " + place("copyout") + " writes 0x1000 for pid 1",
             "allowed it", "mapped with the entry", "do: refuse the page in " + place("cowfault"))
    text = told(context, "NONE", "below", "go", "exit")
    in_order(text, "what: pid 2 .init. is killed: at user pc 0x[0-9a-f]+ it could not read 0x1000",
             "do: sp is above: look at the address")
    if "glass:" in text or "run over" in text:
        raise Failure(text)


def test_checks_kept(context):
    """Registers that the kernel itself loses: in swtch, in kernelvec, on the way from user mode."""
    in_order(told(context, "NONE", "go", "go", "exit", define="S3_NOT_SAVED"), "glass: swtch .*loses s3: it was")
    in_order(told(context, "NONE", "go", "go", "exit", define="A5_NOT_LOADED"),
             "glass: kernelvec .*loses a5 of the code that it interrupts in")
    in_order(told(context, "NONE", "go", "go", "exit", define="PUSHES_OVER"),
             "glass: kernelvec .*saves registers over the stack of the code that it interrupts")
    text = told(context, "PROC_NOT_CLEARED", "go", "go", "exit")
    in_order(text, "glass: " + place("scheduler") + " is saved as pid [0-9]+", "do: set c->proc to 0")
    if "loses" in text:
        raise Failure(f"a second explanation, which is wrong: {text}")
    in_order(told(context, "SP_AT_BOTTOM"), "glass: " + place("usertrap") + " begins with sp at the lower end",
             "kernel_sp in the trapframe was stored by " + place("usertrapret"), "kstack . PGSIZE")
    in_order(told(context, "HART_NOT_STORED"),
             "glass: " + place("usertrap") + " begins on hart [0-2] with tp = 0x3333333333333333",
             "do: store tp in trapframe->kernel_hartid in " + place("usertrapret"))


def test_checks_once(context):
    """A page that the allocator gives to two, and an operation of the log that stays open."""
    in_order(told(context, "GIVES_TWICE"), "glass: " + place("kalloc") + " gives page 0x[0-9a-f]+ a second time",
             "do: take the page out of its list in " + place("kalloc"))
    in_order(told(context, "CHAN_NOT_STORED"), "glass: sleep .*puts pid [0-9]+ .init. to sleep with 0 in p->chan")
    in_order(told(context, "LOG_LEFT_OPEN"),
             "goes back to user mode with its log operation open, begun by " + place("(?:syscall|usertrap)"),
             "do: call end_op")


def test_checks_end(context):
    """The function that should have released a page at the end of a process."""
    in_order(told(context, "ALLOCPROC_LEAKS"), "pages lost, 0x[0-9a-f]+ for one: allocated by " + place("allocproc"),
             "do: " + place("freeproc") + " has not freed it: free there what " + place("allocproc"))
    in_order(told(context, "EXIT_KEEPS_FILES", "files", "exit"),
             "glass: freewalk: a leaf is still there for 0x10001000",
             "do: " + place("exit") + " has not unmapped it; munmap.. has cut this mapping")


def test_checks_delegated(context):
    """A system call that machine mode takes: with no handler there, and with one that only returns."""
    for mistake in "ECALL_TO_M", "ECALL_TO_M_RETURNS":
        in_order(told(context, mistake), "glass: hart [0-2] takes a trap of user mode in machine mode",
                 "rule: .* medeleg is 0x[0-9a-f]+, bit 8 is 0", "do: set bit 8 of medeleg in start")


def test_checks_buffers(context):
    """Counts of users of block buffers: one that does not rise, one that does not fall, and no buffer that is free."""
    in_order(told(context, "BREAD_NO_COUNT", "files", "exit"), "glass: " + place("bread") + " returns with refcnt 1",
             "and 2 users of it", "last taken by " + place("look_up"), "do: raise refcnt")
    in_order(told(context, "BUNPIN_KEEPS", "files", "exit"), "glass: " + place("bunpin") + " returns with refcnt 1",
             "and 0 users of it", "do: lower refcnt by one in each call of " + place("bunpin"))
    in_order(told(context, "BRELSE_KEEPS", "files", "exit"), "glass: panic .bget: no buffers. in bread",
             "refcnt is not 0 in any of the 3 buffers", "since: the buffer at 0x[0-9a-f]+ has refcnt [0-9]+, and [01]",
             "do: lower refcnt by one in each call of " + place("brelse"))
    in_order(told(context, "OPEN_KEEPS_BUFFERS", "files", "exit"), "glass: panic .bget: no buffers. in bread",
             "last taken by " + place("look_up"), "do: call brelse.. on every way out of " + place("look_up"))


def test_checks_arguments(context):
    """Strings on the new stack that are not what exec() was given, and an array of them without an end."""
    in_order(told(context, "STRING_NO_NUL"), "glass: " + place("exec") + " returns, and argument 0 of pid 1",
             "is 0x0, not 0x69", "since: stored by .*" + place("copyout") + ".*" + place("exec"))
    in_order(told(context, "STACK_CLEARED"), "glass: " + place("exec") + " cannot copy arguments to 0x[0-9a-f]+, the",
             "was written by " + place("uvmclear") + " < " + place("exec"))
    in_order(told(context, "ARGV_NO_END"),
             "glass: " + place("exec") + " returns, and argv.2. of pid 1 .*is 0x1000, not 0", "put 0 behind")
    in_order(told(context, "ARGV_NOT_TOLD"), "glass: " + place("exec") + " returns, and argument 0 of pid 1",
             "is not to be found", "a1 is 0x[0-9a-f]+", "do: store the address of the array")


def test_checks_crossed(context):
    """Two harts that wait for each other's spinlocks."""
    in_order(told(context, "CROSSED_LOCKS"), "glass: deadlock: hart [01] waits for the spinlock",
             "which hart [01] holds", "is wanted: " + place("cross"), "is held: " + place("cross"))


def test_checks_inodes(context):
    """No inode is free: the function that has not given them back, and a count that does not fall."""
    text = told(context, "NONE", "directories", "directories", "files", "exit")
    if "glass:" in text or "panic" in text:
        raise Failure(text)
    in_order(told(context, "CHDIR_KEEPS", "directories", "exit"), "glass: panic .iget: no inodes. in iget",
             "any of the 5 inodes; " + place("sys_chdir") + " has taken [45] of them",
             "since: the inode at 0x[0-9a-f]+ has ref 1, and 1 not given back; first taken by .*" + place("sys_chdir"),
             "do: call iput.. for each inode that " + place("sys_chdir") + " takes")
    in_order(told(context, "NAMEX_KEEPS", "directories", "exit"), "glass: panic .iget: no inodes. in iget",
             place("namex") + " has taken [45] of them", "do: call iput.. for each inode that " + place("namex"))
    in_order(told(context, "IPUT_KEEPS", "directories", "exit"), "glass: panic .iget: no inodes. in iget",
             "; " + place("iput") + " has not lowered it in [345]", "do: lower ref by one in each call of " +
             place("iput"))


def test_checks_child(context):
    """A child of fork() that takes itself for the parent, or begins somewhere."""
    in_order(told(context, "FORK_KEEPS_A0"), "glass: pid [0-9]+ .init. comes back from " + place("fork"),
             "with a0 = 0x61, as if it were the parent", "since: .* was stored by " + place("fork"), "do: set a0 in")
    in_order(told(context, "FORK_NO_COPY"), "glass: pid [0-9]+ .init., a child of " + place("fork"), "begins at 0x",
             "behind the ecall of its parent", "do: copy the parent.s whole trapframe .* in " + place("fork"))


def test_checks_dropped(context):
    """A leaf of 2 MiB that uvmunmap() removes for the sake of a page."""
    in_order(told(context, "LARGE_CUT"), "glass: " + place("uvmunmap"), "2 MiB")


def test_checks_cleared(context):
    """memset() over the end of a struct proc."""
    in_order(told(context, "CLEARS_TOO_MUCH"),
             "glass: " + place("allocproc") + " sets 0x[0-9a-f]+ bytes at 0x[0-9a-f]+ by memset",
             "this part of proc .0x[0-9a-f]+. ends at", "do: give memset.. the size")


def test_checks_shrunk(context):
    """uvmdealloc() that unmaps the last page which the process keeps."""
    in_order(told(context, "SHRINK_CUTS_IN"),
             "glass: " + place("uvmdealloc") + " has unmapped 0x[0-9a-f]+, and the new size",
             "until it was cleared by " + place("uvmunmap"), "do: unmap from PGROUNDUP")


def test_checks_rights(context):
    """A child that may do less than its parent: by uvmcopy(), and by the handler of copy-on-write."""
    in_order(told(context, "COPY_NO_X"), "glass: " + place("uvmcopy") + " gives the child 0x0 with fewer rights",
             r": 0x[0-9a-f]+ .VR--U.*, not 0x[0-9a-f]+ .VR-XU", "do: copy the flags of the parent's entry")
    for mistake, child, parent in (("COPY_FLAGS_EARLY", "VRW", "VR-"), ("COPY_SHARES", "VRW", "VRW")):
        in_order(told(context, mistake), "glass: " + place("uvmcopy") + " shares 0x[0-9a-f]+ with the child",
                 f"the child has 0x[0-9a-f]+ .{child}.*, the parent 0x[0-9a-f]+ .{parent}",
                 "do: a page that was writable")
    in_order(told(context, "COPY_MARK_LOST"), "glass: " + place("uvmcopy") + " forbids stores to 0x[0-9a-f]+ for ever",
             "do: a page that was writable")
    in_order(told(context, "COPY_SKIPS_FIRST"), "glass: " + place("uvmcopy") + " does not give the child 0x0, which",
             "nothing was put into the entry", "do: look at the first address of its loop")
    in_order(told(context, "COW_NO_W"), "glass: pid 2 .init. is killed: .* could not write",
             "was written by " + place("cowfault"), "near: this store had trapped before", "do: set PTE_W in the entry")


def test_checks_depth(context):
    """A function that leaves interrupts turned off one level deeper."""
    in_order(told(context, "NOFF_LEFT"),
             "glass: " + place("kfree") + " returns with noff 1 on hart 0, and it was 0 at its",
             "do: find the push_off.. or acquire.. in " + place("kfree"),
             "glass: panic .sched.", "do: this hart holds no other lock: find the push_off")


def test_checks_early(context):
    """Mistakes before there is a handler: no page is free, and interrupts are on."""
    in_order(told(context, "NOTHING_FREE"), "glass: trap loop: hart 0 .*load access fault at address 0x0",
             "near: kalloc returned 0, there was no free page: " + place("uvmcreate") + " < " + place("kvminit"),
             "do: " + place("uvmcreate") + " must check what kalloc.. gives it")
    in_order(told(context, "INTERRUPTS_EARLY"), "glass: trap loop: hart 0 takes the same trap", "at address 0x0",
             "since: interrupt 1 came, as interrupts had been turned on by " + place("kvminit"),
             "do: leave interrupts off until stvec is written: " + place("kvminit") + " turns them on")


def test_checks_overflow(context):
    """A program whose stack runs into its guard page: that is told in words, and is no report."""
    text = told(context, "NONE", "overflow", "go", "exit")
    in_order(text, "what: pid 2 .init. is killed: its stack has run over: at user pc 0x[0-9a-f]+ it could not write",
             "near: the guard page at 0x[0-9a-f]+ is below the stack; sp is 0x[0-9a-f]+")
    if "glass:" in text:
        raise Failure(text)


def test_checks_advice(context):
    """The advice depends on the code that removed a mapping, and on its process."""
    text = told(context, "NONE", "shrink", "go", "exit")
    in_order(text, "what: pid 2 .init. is killed", "until it was cleared by " + place("uvmunmap"),
             "do: the process itself has given this page back, in " + place("growproc"))
    if "glass:" in text or "parent" in text:
        raise Failure(text)
    text = told(context, "NONE", "parent grows", "x", "go", "exit", options=("--harts", "1"))
    in_order(text, "what: pid 2 .init. is killed", "do: look at the program")
    if "glass:" in text or "its parent" in text:
        raise Failure(text)
    in_order(told(context, "SHRINK_UNMAPS_TEXT"), "could not execute 0x",
             "do: " + place("growproc") + " has unmapped a page below p->sz")
    in_order(told(context, "EXIT_UNMAPS_PARENT"), "could not execute 0x",
             "do: " + place("exit") + " has cleared the entry for another process")
    in_order(told(context, "SHRINK_TWICE"), "glass: uvmunmap: 0x[0-9a-f]+ is not mapped when",
             "until it was cleared by", "growproc", "do: the page was unmapped before")
    in_order(told(context, "GROW_NO_U"), "glass: pid 1 .init. is killed", "do: map it with PTE_U")
    in_order(told(context, "MAPS_BEHIND"), "glass: freewalk: a leaf is still there for 0x1000000",
             "do: unmap the page before the tree is freed")
    in_order(told(context, "DEVICE_TWICE"), "glass: remap: 0x10000000 is mapped already", "near: it maps a device",
             "do: find which of the two ranges is wrong")
    in_order(told(context, "FAULT_ROUNDS_UP", "lazy", "exit"), "glass: remap: ",
             "do: the fault is at 0x[0-9a-f]+8, in another page")
    in_order(told(context, "FAULT_BEYOND", "shrink", "exit"), "glass: freewalk: a leaf is still there for 0x3000",
             "do: the handler of page faults has mapped it")
    in_order(told(context, "RUNS_OUT", "lazy", "exit"), "glass: pid 1 .init. is killed",
             "near: kalloc returned 0 meanwhile", "do: memory was full")
    in_order(told(context, "RUNS_OUT_AGAIN", "lazy", "exit"), "glass: the same fault again and again",
             "near: kalloc returned 0 meanwhile, there was no free page: .*" + place("vmfault"))
    in_order(told(context, "RUNS_OUT_PANICS", "lazy", "exit"), "glass: panic .vmfault.", "kalloc returned 0",
             "do: memory was full")


def test_checks_causes(context):
    """The report names the call that made the error, not the helper in which it shows."""
    in_order(told(context, "GUARD_UNMAPPED"), "glass: uvmcopy: 0x1000 of the parent is not mapped",
             "until it was cleared by " + place("uvmclear") + " < " + place("exec"))
    in_order(told(context, "EXEC_KEEPS_ROOT"), "glass: 1 page lost, 0x[0-9a-f]+ for one: the root of the tree that "
             + place("exec") + " has replaced")
    in_order(told(context, "TRAMPOLINE_NONE"), "glass: the write of satp in userret", "takes the code away: the new",
             "tree does not let hart . execute its page 0x3ffffff000")
    in_order(told(context, "EXEC_LEAKS"), "pages lost, 0x[0-9a-f]+ for one: allocated by " + place("exec") + ", never")
    in_order(told(context, "TRAMPOLINE_OTHER"), "glass: the write of satp in userret",
             "takes the code away: page 0x3ffffff000",
             "written by " + place("mappages"), "do: map the page of the code that changes satp")
    in_order(told(context, "SPP_KEPT"), "glass: sret goes to 0x0 in supervisor mode",
             "do: clear SPP in sstatus before the sret")


def test_checks_stuck(context):
    """One ecall or one interrupt that repeats for ever, and a stack that overflows."""
    in_order(told(context, "ECALL_AGAIN"), "executes the ecall at 0x[0-9a-f]+ .a7 = 5. for the 100th time in a row",
             place("usertrap"))
    in_order(told(context, "TIMER_NOT_SET"), "takes interrupt 5 again at once, 200 times in a row")
    in_order(told(context, "STACK_SMALL"), "kernel stack overflow of pid 2 .init.: " + place("dive"))
    in_order(told(context, "SP_LOW"), "glass: " + place("forkret") + " begins with sp at the lower end",
             "since: p->context.sp was stored by " + place("allocproc"), "do: .* context.sp = kstack")


ENTRY_BY = r"0x[0-9a-f]+ .[-A-Z]+., written by " + place("mappages") + " < "


def test_checks_roots(context):
    """Pages that one of the kernel's tables lacks, and the table that has them; addresses that no hart reaches."""
    in_order(told(context, "ROOT_LACKS"), "glass: the kernel could not read 0x40000000", "in own_root",
             "near: kernel_pagetable has that page: entry ", ENTRY_BY + place("own_root"),
             "do: map the page in the table that the kernel uses for the process")
    in_order(told(context, "ROOT_NO_USER"), "glass: the kernel could not read 0x[0-9a-f]+", "in own_root",
             "near: the own table of pid 1 .init. has that page: entry ",
             ENTRY_BY + place("uvmalloc") + " < " + place("exec"),
             "do: map the page in the table that the kernel uses for the process")
    in_order(told(context, "ROOT_NOT_SWITCHED"), "glass: the kernel could not read 0x40000000",
             "near: its struct proc holds the tree 0x[0-9a-f]+, which has that page",
             ENTRY_BY + place("own_root"),
             "do: write that tree to satp, with a fence, before the process runs: see " + place("scheduler"))
    in_order(told(context, "TRAPFRAME_MOVED"), "glass: trap loop",
             "near: the trapframe of the process is at 0x2000000 in this tree: entry ",
             ENTRY_BY + place("proc_pagetable"),
             "do: map it where the trampoline looks for it")
    in_order(told(context, "MAXVA_LARGE"), "glass: the kernel stack of pid 1 at 0x7f",
             "is not mapped: ", "by mappages [^<]*< " + place("proc_mapstacks"),
             "do: the tree maps it, but harts reach addresses from 2.38 on only with their upper bits set")
    in_order(told(context, "RAM_LARGE"), "glass: trap loop", "in memset",
             "do: RAM ends at 0x80400000: look at PHYSTOP")


def test_checks_ranges(context):
    """Work behind the range that was given, half of a copy, one page at two addresses, a stack that is freed."""
    in_order(told(context, "MAPS_ONE_MORE"), "glass: " + place("mappages") + " goes on behind its range: it has",
             "changed the entry of 0x10001000", "from: " + place("kvmmap"), "do: stop at the last page")
    in_order(told(context, "COPY_HALF"), "glass: " + place("uvmcopy") + " has copied 0x[0-9a-f]+, but the child's",
             "written by " + place("copy_half"), "do: copy all bytes")
    in_order(told(context, "GROW_ALIASES"), "glass: double free: page 0x[0-9a-f]+ is free already",
             "since: mapped with the entry 0x[0-9a-f]+ .VRW-U-... by " + place("mappages") + " < " + place("uvmalloc"),
             "do: one tree has this page at two addresses")
    in_order(told(context, "STACK_FREED"), "glass: " + place("main") + " frees page 0x[0-9a-f]+, where hart 0 has its",
             "do: keep this stack out of free memory")


def test_checks_large(context):
    """A page of 2 MiB that the kernel treats as one of 4 KiB."""
    in_order(told(context, "LARGE_PASSED"), "glass: " + place("copyout") + " has failed, but the process may use",
             "the page at 0x2001000: its entry is 0x[0-9a-f]+ .VRW-U---., of level 1", "by " + place("use_large"),
             "do: " + place("walk") + " or walkaddr.. must stop at this entry")
    in_order(told(context, "LARGE_NO_OFFSET"), "glass: " + place("copyout") + " returned 0, but byte 0 differs",
             "do: the first 4 KiB of a 2 MiB page were used: " + place("copyout") + " must add the offset")
    in_order(told(context, "LARGE_KFREED"), "glass: " + place("uvmunmap") + " gives page 0x80200000 to kfree.., but it",
             "is the first of 2 MiB, mapped as one at 0x2000000", "by " + place("use_large"))
