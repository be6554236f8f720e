// SPDX-License-Identifier: MIT
// copy.c - see copy.h.
//
// Theory    The current process's memory is dereferenced where the design allows it; a fault on
//           the way is resolved or makes usercopy() fail. Any other space, and the designs that
//           do not, are walked page by page, bringing pages in through vmfault().
// Promises  Nothing at or above `user_end`, which is USER_END or less, is touched, whatever the
//           table says.
#include "mm/copy/copy.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/copy/iobuf.h"
#include "mm/kvm/layout.h"
#include "rv/usercopy.h"

static uint64 user_end = USER_END; // [c] after boot: where pointers that calls accept end

// Chooses whether calls accept pointers to the page at USYSCALL: "shared", or "private" if not.
// Returns   0, -EINVAL for another word.
int
copy_select_usyscall(const char *how)
{
    bool hidden = strcmp(how, "private") == 0;
    if (!hidden && strcmp(how, "shared") != 0)
        return -EINVAL;
    user_end = hidden ? USYSCALL : USER_END;
    return 0;
}

static inline bool
in_user_range(uint64 va, size_t n)
{
    return n <= user_end && va <= user_end - n;
}

static inline bool
reachable(const struct aspace *as)
{
    return design->direct && mycpu()->as == as;
}

// The kernel's address for the user byte at va, which the process may access so; NULL and *error if
// not.
static char *
page_of(struct aspace *as, uint64 va, enum pt_access access, int *error)
{
    // Not dirty yet: vmfault() notes the store that no hart will see.
    uint64 need = PTE_V | PTE_U | (access == PT_WRITE ? PTE_W | PTE_D : PTE_R);
    int level;
    for (int turn = 0; turn < 2; turn++) {
        pte_t *slot = walk_leaf(&as->pt, va, &level);
        pte_t pte = slot ? pte_load(slot) : 0;
        if ((pte & need) == need)
            return p2v(pte_translate(pte, level, va));
        *error = vmfault(as, va, access);
        if (*error)
            return NULL;
    }
    *error = -EFAULT; // brought in, and gone again
    return NULL;
}

static size_t
rest_of_page(uint64 va, size_t n)
{
    size_t rest = PGSIZE - (va & (PGSIZE - 1));
    return n < rest ? n : rest;
}

static int
copy_walking(struct aspace *as, uint64 va, char *kernel, size_t n, enum pt_access access)
{
    int error = 0;
    while (n > 0) {
        size_t chunk = rest_of_page(va, n);
        char *user = page_of(as, va, access, &error);
        if (!user)
            return error;
        if (access == PT_WRITE)
            memmove(user, kernel, chunk);
        else
            memmove(kernel, user, chunk);
        va += chunk;
        kernel += chunk;
        n -= chunk;
    }
    return 0;
}

int
copyin(struct aspace *as, void *dst, uint64 srcva, size_t n)
{
    mycpu()->copyins++;
    if (!in_user_range(srcva, n))
        return -EFAULT;
    if (likely(reachable(as)))
        return usercopy(dst, (const void *)srcva, n); // a user address, range-checked
    return copy_walking(as, srcva, dst, n, PT_READ);
}

int
copyout(struct aspace *as, uint64 dstva, const void *src, size_t n)
{
    if (!in_user_range(dstva, n))
        return -EFAULT;
    if (likely(reachable(as)))
        return usercopy((void *)dstva, src, n); // a user address, range-checked
    return copy_walking(as, dstva, (char *)(uint64)src, n, PT_WRITE); // only read from
}

// Copies up to the NUL within one page. Returns the bytes copied; *done when the NUL was among
// them.
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
    size_t length = 0;
    bool done = false;
    while (length < max) {
        char *user = page_of(as, va + length, PT_READ, &error);
        if (!user)
            return error;
        size_t chunk = rest_of_page(va + length, max - length);
        length += copy_string_part(dst + length, user, chunk, &done);
        if (done)
            return (int64)length;
    }
    return -ENAMETOOLONG;
}

int64
copyinstr(struct aspace *as, char *dst, uint64 srcva, size_t max)
{
    mycpu()->copyinstrs++;
    if (srcva >= user_end)
        return -EFAULT;
    size_t room = max < user_end - srcva ? max : user_end - srcva;
    if (!reachable(as))
        return copystr_walking(as, dst, srcva, room);
    int64 length = usercopy_str(dst, (const char *)srcva, room); // a user address, range-checked
    return length == -ENAMETOOLONG && room < max ? -EFAULT : length;
}

int
iobuf_write(struct iobuf b, uint64 off, const void *src, size_t n)
{
    if (b.as)
        return copyout(b.as, b.addr + off, src, n);
    memmove((void *)(b.addr + off), src, n); // a kernel pointer kept as an address
    return 0;
}

int
iobuf_read(void *dst, struct iobuf b, uint64 off, size_t n)
{
    if (b.as)
        return copyin(b.as, dst, b.addr + off, n);
    memmove(dst, (const void *)(b.addr + off), n); // a kernel pointer kept as an address
    return 0;
}
