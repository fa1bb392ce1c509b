/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The part of <string.h> the core uses, for compilers without a C library. With -mbulk-memory the first three are
 * instructions. */
#ifndef PERCEPNET_FREESTANDING_STRING_H
#define PERCEPNET_FREESTANDING_STRING_H

#include <stddef.h>

#define memcpy __builtin_memcpy
#define memmove __builtin_memmove
#define memset __builtin_memset

static inline int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

#endif
