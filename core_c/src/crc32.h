/* SPDX-License-Identifier: BSD-2-Clause
 * CRC-32 as in zlib, which goes on from the bytes before: begin with 0.
 */
#ifndef PERCEPNET_CRC32_H
#define PERCEPNET_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t percepnet_crc32(uint32_t crc, const unsigned char *p, size_t n);

#endif
