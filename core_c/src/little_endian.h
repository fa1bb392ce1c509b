/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PERCEPNET_LITTLE_ENDIAN_H
#define PERCEPNET_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint32_t read_u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif
