// SPDX-License-Identifier: MIT
// sysinfo.h - the answers of the calls that describe the system.
#pragma once

struct sysinfo {
    unsigned long freemem; // bytes that can be allocated
    unsigned long nproc;   // processes, zombies included
};

struct procinfo {
    int pid;
    int ppid;            // 0: none
    int state;           // enum procstate_abi
    int hart;            // the hart it runs or ran last on
    unsigned long sz;    // its break: bytes from 0 up
    unsigned long pages; // user pages present
    char name[16];
};

enum procstate_abi { PS_SLEEPING = 1, PS_RUNNABLE, PS_RUNNING, PS_ZOMBIE };

struct meminfo {             // bytes
    unsigned long total;     // RAM that the kernel manages
    unsigned long free;      // in no use at all
    unsigned long cache;     // file pages that can be given back
    unsigned long kernel;    // page tables, stacks, kernel objects, the ledger
    unsigned long user;      // anonymous user pages
    unsigned long committed; // memory of each process, in sum: a page that k share counts k times
    unsigned long limit;     // how much can be committed; 0: there is no limit
};

struct statfs {
    unsigned long blocks; // in the file system
    unsigned long bfree;
    unsigned long files; // inodes
    unsigned long ffree;
    unsigned int bsize;
    unsigned int readonly;
};
