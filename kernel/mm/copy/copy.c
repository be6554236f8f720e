// SPDX-License-Identifier: MIT
// copy.c - copies between the kernel and a process's memory.
//
// Theory    Where the kernel's table mirrors the current process's memory, the copy dereferences
//           the user's address; a fault on the way is resolved, or makes usercopy() fail. In the
//           other designs, and for any other process, the copy walks the user's table page by page
//           and goes through the direct map; vmfault() brings missing pages in.
// Promises  Nothing at or above `user_end`, which is USER_END or less, is touched, whatever the
//           table says.
#include "mm/copy/copy.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/copy/iobuf.h"
#include "mm/kvm/layout.h"
#include "rv/usercopy.h"

static uint64 user_end = USER_END; // [c] after boot: the end of the addresses that calls accept

// Chooses whether calls refuse pointers to the page at USYSCALL. At boot.
void
copy_choose_usyscall(int private)
{
    user_end = private ? USYSCALL : USER_END;
}

static inline bool
in_user_range(uint64 va, size_t n)
{
    return n <= user_end && va <= user_end - n;
}

static inline bool
reachable(const struct aspace *as)
{
    return design->mirrored && mycpu()->as == as;
}

// The flags that a leaf needs for an access. A store needs D as well: vmfault() sets it where it is
// clear, because no hart sees a store that goes through the direct map.
static inline uint64
needed(enum pt_access access)
{
    return PTE_V | PTE_U | (access == PT_WRITE ? PTE_W | PTE_D : PTE_R);
}

static inline size_t
rest_of_page(uint64 va, size_t n)
{
    size_t rest = PGSIZE - (va & (PGSIZE - 1));
    return n < rest ? n : rest;
}

// The byte at `va`, of which `pte` is the leaf at `level`, in the direct map. Returns NULL if the leaf
// does not allow the access.
static inline char *
leaf_byte(pte_t pte, int level, uint64 va, enum pt_access access)
{
    pte_t need = needed(access);
    return likely((pte & need) == need) ? p2v(pte_translate(pte, level, va)) : NULL;
}

// Finds the user byte at `va` by a walk. Returns NULL if the leaf does not allow the access.
static inline char *
user_byte(const struct aspace *as, uint64 va, enum pt_access access)
{
    int level;
    pte_t pte;
    pt_descend(&as->pt, va, 0, &level, &pte);
    return leaf_byte(pte, level, va, access);
}

// Brings in the page at `va`, whose leaf does not allow the access. On error NULL, and *error.
static char *__attribute__((noinline))
fault_byte(struct aspace *as, uint64 va, enum pt_access access, int *error)
{
    *error = vmfault(as, va, access);
    char *byte = *error ? NULL : user_byte(as, va, access);
    if (!byte && !*error)
        *error = -EFAULT; // it was brought in, and is gone again
    return byte;
}

// As user_byte(), with a fault that brings the page in if need be. On error NULL, and *error.
static char *
user_byte_faulted(struct aspace *as, uint64 va, enum pt_access access, int *error)
{
    char *byte = user_byte(as, va, access);
    return likely(byte != NULL) ? byte : fault_byte(as, va, access, error);
}

// Copies page by page. After a page the next one's entry is behind its own, up to the end of their
// table: nothing but a fault changes the tables meanwhile.
static int
copy_walking(struct aspace *as, uint64 va, char *kernel, size_t n, enum pt_access access)
{
    int error, level = 1;
    const pte_t *slot = NULL;
    for (size_t part; n > 0; va += part, kernel += part, n -= part) {
        pte_t pte;
        part = rest_of_page(va, n);
        if (level == 0 && PX(0, va) != 0)
            pte = pte_load(++slot);
        else
            slot = pt_descend(&as->pt, va, 0, &level, &pte);
        char *user = leaf_byte(pte, level, va, access);
        if (unlikely(!user)) {
            level = 1;
            user = fault_byte(as, va, access, &error);
            if (!user)
                return error;
        }
        bool out = access == PT_WRITE;
        directcopy(out ? user : kernel, out ? kernel : user, part);
    }
    return 0;
}

// Copies n bytes from the process's address srcva to the kernel's dst.
// Returns   0; -EFAULT, or vmfault()'s error, with a part copied.
// Locks     no spinlock held; not the lock of the space, nor one that its pagers need.
// Sleeps    if a page has to be brought in.
int
copyin(struct aspace *as, void *dst, uint64 srcva, size_t n)
{
    mycpu()->copyins++;
    if (!in_user_range(srcva, n))
        return -EFAULT;
    if (likely(reachable(as)))
        return usercopy(dst, (const void *)srcva, n); // a user address, range-checked
    const char *user = rest_of_page(srcva, n) == n ? user_byte(as, srcva, PT_READ) : NULL;
    if (unlikely(!user))
        return copy_walking(as, srcva, dst, n, PT_READ);
    directcopy(dst, user, n);
    return 0;
}

// Copies n bytes from the kernel's src to the process's address dstva.
// Returns   0; -EFAULT, or vmfault()'s error, with a part copied.
// Locks     no spinlock held; not the lock of the space, nor one that its pagers need.
// Sleeps    if a page has to be brought in.
int
copyout(struct aspace *as, uint64 dstva, const void *src, size_t n)
{
    if (!in_user_range(dstva, n))
        return -EFAULT;
    if (likely(reachable(as)))
        return usercopy((void *)dstva, src, n); // a user address, range-checked
    char *user = rest_of_page(dstva, n) == n ? user_byte(as, dstva, PT_WRITE) : NULL;
    if (unlikely(!user))
        return copy_walking(as, dstva, (char *)(uint64)src, n, PT_WRITE); // only read from
    directcopy(user, src, n);
    return 0;
}

// Copies up to the NUL, or n bytes. Returns the bytes copied; *done if the NUL was among them.
static size_t
copy_string_part(char *dst, const char *src, size_t n, bool *done)
{
    for (size_t i = 0; i < n; i++) {
        dst[i] = src[i];
        if (!src[i]) {
            *done = true;
            return i;
        }
    }
    return n;
}

static int64
copystr_walking(struct aspace *as, char *dst, uint64 va, size_t max)
{
    int error = 0;
    bool done = false;
    for (size_t length = 0; length < max;) {
        const char *user = user_byte_faulted(as, va + length, PT_READ, &error);
        if (!user)
            return error;
        length +=
            copy_string_part(dst + length, user, rest_of_page(va + length, max - length), &done);
        if (done)
            return (int64)length;
    }
    return -ENAMETOOLONG;
}

// Copies a string with its NUL, at most `max` bytes, from the process's address srcva to dst.
// Returns   its length without the NUL; -EFAULT, or vmfault()'s error; -ENAMETOOLONG: no NUL within
//           max bytes.
// Locks     no spinlock held; not the lock of the space, nor one that its pagers need.
// Sleeps    if a page has to be brought in.
int64
copyinstr(struct aspace *as, char *dst, uint64 srcva, size_t max)
{
    mycpu()->copyinstrs++;
    if (srcva >= user_end)
        return -EFAULT;
    size_t room = max < user_end - srcva ? max : user_end - srcva;
    int64 length = reachable(as) ? usercopy_str(dst, (const char *)srcva, room) // range-checked
                                 : copystr_walking(as, dst, srcva, room);
    return length == -ENAMETOOLONG && room < max ? -EFAULT : length;
}

// Copies n bytes from src to `off` bytes into the buffer.
// Returns   0; for user memory as copyout().
// Locks     for user memory as copyout().
// Sleeps    for user memory, if a page has to be brought in.
int
iobuf_write(struct iobuf b, uint64 off, const void *src, size_t n)
{
    if (b.as)
        return copyout(b.as, b.addr + off, src, n);
    memmove((void *)(b.addr + off), src, n); // a kernel pointer kept as an address
    return 0;
}

// Copies n bytes from `off` bytes into the buffer to dst.
// Returns   0; for user memory as copyin().
// Locks     for user memory as copyin().
// Sleeps    for user memory, if a page has to be brought in.
int
iobuf_read(void *dst, struct iobuf b, uint64 off, size_t n)
{
    if (b.as)
        return copyin(b.as, dst, b.addr + off, n);
    memmove(dst, (const void *)(b.addr + off), n); // a kernel pointer kept as an address
    return 0;
}
