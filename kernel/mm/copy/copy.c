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

// Returns whether n bytes from `va` on lie in more than one page.
static inline bool
crosses(uint64 va, size_t n)
{
    return (va & (PGSIZE - 1)) + n > PGSIZE;
}

static inline size_t
rest_of_page(uint64 va, size_t n)
{
    size_t rest = PGSIZE - (va & (PGSIZE - 1));
    return n < rest ? n : rest;
}

static inline bool
allows(pte_t pte, enum pt_access access)
{
    pte_t need = needed(access);
    return likely((pte & need) == need);
}

// Finds the user byte at `va` by a walk. Returns NULL if the leaf does not allow the access.
static inline char *
user_byte(const struct aspace *as, uint64 va, enum pt_access access)
{
    int level;
    pte_t pte;
    pt_descend(&as->pt, va, 0, &level, &pte);
    return allows(pte, access) ? p2v(pte_translate(pte, level, va)) : NULL;
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

static inline int
copy_either(char *user, char *kernel, size_t n, enum pt_access access)
{
    return access == PT_WRITE ? directcopy(user, kernel, n) : directcopy(kernel, user, n);
}

// Copies page by page, and brings in the pages that are missing.
static int __attribute__((noinline))
copy_pages(struct aspace *as, uint64 va, char *kernel, size_t n, enum pt_access access)
{
    int error = 0;
    for (size_t part; n > 0; va += part, kernel += part, n -= part) {
        part = rest_of_page(va, n);
        char *user = user_byte_faulted(as, va, access, &error);
        if (!user)
            return error;
        copy_either(user, kernel, part, access);
    }
    return 0;
}

// Copies n bytes that lie in more than one page. Usually there are two pages, both present, whose
// entries are neighbours: one walk finds both. Inlined: `access` is a constant in each copy.
static inline __attribute__((always_inline)) int
copy_pair(struct aspace *as, uint64 va, char *kernel, size_t n, enum pt_access access)
{
    int level;
    pte_t pte;
    const pte_t *slot = pt_descend(&as->pt, va, 0, &level, &pte);
    size_t part = PGSIZE - (va & (PGSIZE - 1)), rest = n - part;
    bool last = (uint64)(slot + 1) % PGSIZE == 0; // the next entry is in another table
    if (likely(level == 0 && !last && rest <= PGSIZE)) {
        pte_t next = pte_load(slot + 1);
        if (allows(pte & next, access)) {
            copy_either(p2v(pte_translate(pte, 0, va)), kernel, part, access);
            return copy_either(p2v(pte_pa(next)), kernel + part, rest, access);
        }
    }
    return copy_pages(as, va, kernel, n, access);
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
    if (crosses(srcva, n))
        return copy_pair(as, srcva, dst, n, PT_READ);
    const char *user = user_byte(as, srcva, PT_READ);
    return likely(user != NULL) ? directcopy(dst, user, n) : copy_pages(as, srcva, dst, n, PT_READ);
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
    if (crosses(dstva, n))
        return copy_pair(as, dstva, (char *)(uint64)src, n, PT_WRITE); // only read from
    char *user = user_byte(as, dstva, PT_WRITE);
    if (likely(user != NULL))
        return directcopy(user, src, n);
    return copy_pages(as, dstva, (char *)(uint64)src, n, PT_WRITE); // only read from
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
