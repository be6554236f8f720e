// SPDX-License-Identifier: MIT
// ubsan.c - the functions that the compiler's undefined-behaviour checks call (UBSAN=1 builds only).
//
// Theory    The compiler passes a description that begins, for each of these checks, with the place
//           in the source, then the values. Undefined behaviour in the kernel is a bug of its own,
//           so each is a panic.
#include "lib/panic.h"
#include "lib/types.h"

struct source {
    const char *file;
    uint32 line, column;
};

// The compiler calls these functions by their names; no header declares them elsewhere.
#define HANDLER(name, what)                                                                        \
    void __ubsan_handle_##name(const struct source *at, uint64 a, uint64 b);                       \
    void __ubsan_handle_##name(const struct source *at, uint64 a, uint64 b)                        \
    {                                                                                              \
        panic("ubsan: %s:%u:%u: " what " (0x%lx, 0x%lx)", at->file, at->line, at->column, a, b);   \
    }

HANDLER(add_overflow, "signed addition overflows")
HANDLER(sub_overflow, "signed subtraction overflows")
HANDLER(mul_overflow, "signed multiplication overflows")
HANDLER(negate_overflow, "negation overflows")
HANDLER(divrem_overflow, "division by zero or overflow")
HANDLER(shift_out_of_bounds, "shift by too much, or out of a signed type")
HANDLER(out_of_bounds, "index out of bounds")
HANDLER(pointer_overflow, "pointer arithmetic wraps")
HANDLER(type_mismatch_v1, "null, misaligned or too small an object")
HANDLER(load_invalid_value, "value that its type does not have")
HANDLER(vla_bound_not_positive, "array of no size")
HANDLER(nonnull_arg, "null argument")
HANDLER(invalid_builtin, "zero passed to a bit-counting builtin")
HANDLER(builtin_unreachable, "unreachable code reached")
HANDLER(missing_return, "end of a function that must return a value")
HANDLER(float_cast_overflow, "conversion of a floating-point number overflows")
