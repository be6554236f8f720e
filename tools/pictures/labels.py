# SPDX-License-Identifier: MIT
"""labels.py - the words in pictures, in English and in Chinese."""

LANGUAGES = ("en", "zh")

WORDS = {
    # a walk
    "walk": ("One load of {va}: a walk of three levels", "读取 {va} 的一次查表: 三级"),
    "walk_whose": ("{table} of process {pid} ({name}), kpt=global", "进程 {pid} ({name}) 的{table}, kpt=global"),
    "process": ("the table", "页表"),
    "index": ("index {level}", "{level} 级索引"),
    "offset": ("offset", "页内偏移"),
    "bits": ("{n} bits", "{n} 位"),
    "satp": ("satp: the root", "satp: 根页表"),
    "level": ("level {level}", "{level} 级"),
    "table_at": ("page table {at}", "页表 {at}"),
    "page_at": ("page {at}", "页 {at}"),
    "entry": ("entry {pte}", "表项 {pte}"),
    "leads": ("PPN {ppn}", "PPN {ppn}"),
    "leaf": ("leaf {flags}", "叶子 {flags}"),
    "pointer": ("pointer: V alone", "指针项: 只有 V"),
    "data": ("data {at}", "数据 {at}"),
    "loads": ("{n} memory accesses: {entries} entries and the data", "{n} 次访存: {entries} 个表项, 加上数据"),
    # an address space, a tree
    "space": ("The address space of process {pid} ({name})", "进程 {pid} ({name}) 的地址空间"),
    "space_sum": ("{pages} pages, {tables} page tables (kpt=global)", "{pages} 个页, {tables} 个页表 (kpt=global)"),
    "about": ("about {size}", "约 {size}"),
    "nothing": ("not mapped: {size}", "未映射: {size}"),
    "head_region": ("region", "区域"),
    "head_flags": ("flags", "标志"),
    "head_size": ("size", "大小"),
    "tree": ("The tree of tables of process {pid} ({name})", "进程 {pid} ({name}) 的页表树"),
    "tree_sum": ("{tables} tables of 512 entries lead to {leaves} pages (kpt=global)",
                 "{tables} 个页表, 每个 512 项, 通向 {leaves} 个页 (kpt=global)"),
    "root": ("root", "根页表"),
    # regions, as pgtbl names them
    "text": ("text", "代码"), "datas": ("data", "数据"), "guard": ("guard", "保护页"), "stack": ("stack", "栈"),
    "heap": ("heap", "堆"), "mmap": ("mmap", "mmap"), "usyscall": ("usyscall", "usyscall"),
    "trapframe": ("trapframe", "trapframe"), "trampoline": ("trampoline", "trampoline"),
    # the four designs
    "designs": ("Four designs of the kernel's page table, for one process (sh)",
                "内核页表的四种设计, 以同一个进程 (sh) 为例"),
    "in_user": ("user mode", "用户态"), "in_kernel": ("kernel", "内核态"), "in_both": ("both modes", "两种状态"),
    "kernel_stacks": ("kernel stacks", "内核栈"), "image": ("kernel image", "内核映像"),
    "ram": ("all RAM", "全部内存"), "devices": ("devices", "设备"), "program": ("program", "程序"),
    "mirror": ("mirror, no U", "镜像, 无 U"),
    "per_process": ("tables of sh: {n}", "sh 的页表页: {n}"),
    "own_root": ("a root of its own", "自己的根页表"), "one_root": ("one root for all", "共用一个根页表"),
    "shared_tables": ("kernel half: {n} of {all} shared", "内核一半: 共享 {n}/{all}"),
    "switches_0": ("a trap keeps satp", "陷入时 satp 不变"),
    "switches_2": ("a trap writes satp twice", "陷入时写 satp 两次"),
    "legend_user": ("pages of user mode (U)", "用户页 (U)"),
    "legend_own": ("the process's own tables, no U", "进程自己的页表, 无 U"),
    "legend_shared": ("the kernel's tables, shared", "内核的页表, 共享"),
    "legend_none": ("not in this table", "不在这个页表中"),
    # a fork
    "fork": ("fork and copy-on-write: one page of memory, {va}", "fork 与写时复制: 内存中的一页, {va}"),
    "fork_0": ("1. right after fork", "1. fork 刚结束"),
    "fork_1": ("2. the child has read", "2. 子进程读过之后"),
    "fork_2": ("3. the parent has written", "3. 父进程写过之后"),
    "fork_0_note": ("The leaf table is lent to both, V=0:", "叶子页表借给双方, V=0:"),
    "fork_0_more": ("copying it waits until it is used.", "用到时才复制."),
    "fork_1_note": ("The child has a copy: W is off, c is", "子进程有了副本: W 清零, c 置位;"),
    "fork_1_more": ("on; the page is shared.", "这一页是共享的."),
    "fork_2_note": ("The write has faulted: the parent has", "写操作触发缺页异常: 父进程"),
    "fork_2_more": ("a page of its own, with W.", "有了自己的页, W 置位."),
    "parent": ("parent, pid {pid}", "父进程 {pid}"), "child": ("child, pid {pid}", "子进程 {pid}"),
    "deferred": ("V=0, deferred: {pte}", "V=0, 推迟复制: {pte}"),
    "leaf_table": ("leaf table {at}", "叶子页表 {at}"),
    "users": ("page, references {n}", "页, 引用数 {n}"),
    # a stale translation
    "stale": ("A stale translation: hart 1 was not told", "过期的地址翻译: 1 号核没有得到通知"),
    "hart": ("hart {n}", "{n} 号核"), "memory": ("memory", "内存"), "tlb_of": ("TLB of hart {n}", "{n} 号核的 TLB"),
    "reads": ("reads {va}", "读 {va}"), "fills": ("fills its TLB: {pa}", "填入 TLB: {pa}"),
    "writes_entry": ("writes the entry", "改写表项"), "fences": ("sfence.vma: its own TLB", "sfence.vma: 只刷新自己的 TLB"),
    "reads_again": ("reads {va} again", "再读 {va}"), "may_use": ("may use the OLD {pa}", "可能仍用旧的 {pa}"),
    "entry_is": ("{pte} -> {pa}", "{pte} -> {pa}"), "step": ("step {n}", "第 {n} 步"), "before": ("before", "之前"),
    "then": ("then", "然后"),
    "remedy": ("Remedy: sfence.vma on each hart that uses the tree (asked by an interrupt).",
               "对策: 使用这棵页表树的每个核都执行 sfence.vma (用核间中断通知)."),
    "at_place": ("in {place}", "在 {place}"),
}


def speaker(language):
    """The function that gives a word in a language, with values filled in."""
    n = LANGUAGES.index(language)
    return lambda key, **values: WORDS[key][n].format(**values)
