/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product for instruction sets that multiply only 16-bit numbers (SSE2, simd128), without widening weights.
 *
 * Two neighbouring weights a (even column) and b (odd column) are one 16-bit number w; then 256 a = w << 8, b = w >> 8.
 * So with their activations e and o
 *     256 (a e + b o) = (w << 8) e + (w >> 8) (256 o),
 * all of them 16-bit numbers. Sums are modulo 2^32, which is enough for 256 times the sum over AT_A_TIME columns. There
 * is no constant in it, which V8 would build anew for every block.
 *
 * A kernel file has defined before, for its instructions:
 *
 *   SPREAD                  how often each pair of factors is stored: once if an instruction loads and spreads it
 *   REPEATED                the pragma before a loop over blocks, or nothing
 *   Sums                    256 times the sums of the rows of one block, as far as added up
 *   Sums no_sums(void)
 *   Sums add_block(Sums, const int8_t *weights, const int16_t *factors)
 *   void store_rows(int32_t *out, const int32_t *from, Sums)        from + Sums / 256, in the order of the rows
 */
#include <string.h>

#include "layers.h"

#define AT_A_TIME 512
_Static_assert(AT_A_TIME * 128 * 127 < 1 << 23, "256 times a sum has 32 bits");

/* For each four activations two pairs of factors: e, e, then 256 o, 256 o; SPREAD times as many as columns, which are a
 * multiple of 4. The processors with these instructions store the lower half of a number first. */
static inline void get_factors(int16_t *factors, const uint8_t *u, int columns)
{
    for (int i = 0; i < columns; i += 4, factors += 4 * SPREAD) {
        uint32_t four, pairs[2 * SPREAD];
        memcpy(&four, u + i, sizeof four);
        for (int j = 0; j < SPREAD; j++) {
            pairs[j] = four & 0x00ff00ff;
            pairs[SPREAD + j] = four & 0xff00ff00;
        }
        memcpy(factors, pairs, sizeof pairs);
    }
}

static inline void dense_rows(int32_t *out, const int8_t *weights, const int16_t *factors, const int32_t *offset,
                              int rows, int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        const int32_t *from = offset + row;
        for (int column = 0; column < columns;) {
            const int end = columns - column > AT_A_TIME ? column + AT_A_TIME : columns;
            Sums sums = no_sums();
            REPEATED
            for (; column < end; column += COLUMNS, weights += BLOCK)
                sums = add_block(sums, weights, factors + SPREAD * column);
            store_rows(out + row, from, sums);
            from = out + row;
        }
    }
}

static inline void sparse_rows(int32_t *out, const int8_t *weights, const uint16_t *blocks, const int16_t *factors,
                               const int32_t *offset, int rows)
{
    const uint16_t *column = blocks + rows / ROWS;
    for (int row = 0; row < rows; row += ROWS) {
        const int32_t *from = offset + row;
        const uint16_t *last = column + blocks[row / ROWS];
        do {
            const uint16_t *end = last - column > AT_A_TIME / COLUMNS ? column + AT_A_TIME / COLUMNS : last;
            Sums sums = no_sums();
            REPEATED
            for (; column < end; column++, weights += BLOCK)
                sums = add_block(sums, weights, factors + SPREAD * *column);
            store_rows(out + row, from, sums);
            from = out + row;
        } while (column < last);
    }
}
