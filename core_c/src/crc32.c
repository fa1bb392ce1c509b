/* SPDX-License-Identifier: BSD-2-Clause
 * Eight bytes at a time, as a model has millions and a stream may have to wait for them. The tables are made anew in
 * every call: less than a kilobyte of data costs, and nothing to keep.
 */
#include "crc32.h"

#include "little_endian.h"

enum { SLICES = 8 };

/* table[k][i]: the remainder of byte i with k zero bytes behind it. */
static void make_tables(uint32_t table[SLICES][256])
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[0][i] = c;
    }
    for (int k = 1; k < SLICES; k++)
        for (int i = 0; i < 256; i++)
            table[k][i] = table[0][table[k - 1][i] & 255] ^ (table[k - 1][i] >> 8);
}

uint32_t percepnet_crc32(uint32_t crc, const unsigned char *p, size_t n)
{
    uint32_t table[SLICES][256];
    make_tables(table);
    crc = ~crc;
    for (; n >= SLICES; n -= SLICES, p += SLICES) {
        const uint32_t a = crc ^ read_u32(p), b = read_u32(p + 4);
        crc = table[7][a & 255] ^ table[6][a >> 8 & 255] ^ table[5][a >> 16 & 255] ^ table[4][a >> 24] ^
              table[3][b & 255] ^ table[2][b >> 8 & 255] ^ table[1][b >> 16 & 255] ^ table[0][b >> 24];
    }
    for (; n > 0; n--, p++)
        crc = table[0][(crc ^ *p) & 255] ^ (crc >> 8);
    return ~crc;
}
