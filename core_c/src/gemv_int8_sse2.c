/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with SSE2, which multiplies only 16-bit numbers, without widening weights: four rows of a block are
 * one register, each lane a row.
 *
 * Two neighbouring weights a (even column) and b (odd column) are one 16-bit number w; then 256 a = w << 8, b = w >> 8.
 * So with their activations e and o
 *     256 (a e + b o) = (w << 8) e + (w >> 8) (256 o),
 * all of them 16-bit numbers. Sums are modulo 2^32, which is enough for 256 times the sum over AT_A_TIME columns.
 */
#include "processor.h"

#if defined(PERCEPNET_X86)
#include <emmintrin.h>
#include <string.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"
#include "layers.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

#define AT_A_TIME 512
_Static_assert(AT_A_TIME * 128 * 127 < 1 << 23, "256 times a sum has 32 bits");

#define SPREAD 4 /* so often is each pair of factors stored: no instruction loads and spreads it */
#define TURN 2   /* blocks: for a shorter loop it matters how it lies in memory, by a factor of up to 1.3 */

/* For each four activations two pairs of factors: e, e, then 256 o, 256 o; SPREAD times as many as columns, which are a
 * multiple of 4. */
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

typedef struct Sums { /* 256 times those of the upper and the lower four rows: over even and, apart, odd columns */
    __m128i upper_even, upper_odd, lower_even, lower_odd;
} Sums;

static inline Sums no_sums(void)
{
    const __m128i zero = _mm_setzero_si128();
    return (Sums){zero, zero, zero, zero};
}

static inline __m128i load(const void *p) { return _mm_loadu_si128(p); }

/* sum + products, in the sum's register: compilers take that of the products, and copy it. */
static inline __m128i accumulate(__m128i sum, __m128i products)
{
    __asm__("paddd %1, %0" : "+x"(sum) : "x"(products));
    return sum;
}

static inline Sums add_block(Sums s, const int8_t *weights, const int16_t *factors)
{
    const __m128i e = load(factors), o = load(factors + 2 * SPREAD);
    const __m128i upper = load(weights), lower = load(weights + BLOCK / 2);
    return (Sums){accumulate(s.upper_even, _mm_madd_epi16(_mm_slli_epi16(upper, 8), e)),
                  accumulate(s.upper_odd, _mm_madd_epi16(_mm_srai_epi16(upper, 8), o)),
                  accumulate(s.lower_even, _mm_madd_epi16(_mm_slli_epi16(lower, 8), e)),
                  accumulate(s.lower_odd, _mm_madd_epi16(_mm_srai_epi16(lower, 8), o))};
}

static inline void store_four_rows(int32_t *out, const int32_t *from, __m128i even, __m128i odd)
{
    const __m128i sum = _mm_srai_epi32(_mm_add_epi32(even, odd), 8);
    _mm_storeu_si128((__m128i *)out, _mm_add_epi32(load(from), sum));
}

static inline void store_rows(int32_t *out, const int32_t *from, Sums s)
{
    store_four_rows(out, from, s.upper_even, s.upper_odd);
    store_four_rows(out + 4, from + 4, s.lower_even, s.lower_odd);
}

static inline void dense_rows(int32_t *out, const int8_t *weights, const int16_t *factors, const int32_t *offset,
                              int rows, int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        const int32_t *from = offset + row;
        for (int column = 0; column < columns;) {
            const int end = columns - column > AT_A_TIME ? column + AT_A_TIME : columns;
            Sums sums = no_sums();
            for (; column + TURN * COLUMNS <= end; column += TURN * COLUMNS, weights += TURN * BLOCK)
                for (int i = 0; i < TURN; i++)
                    sums = add_block(sums, weights + BLOCK * i, factors + SPREAD * (column + COLUMNS * i));
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
            for (; column + TURN <= end; column += TURN, weights += TURN * BLOCK)
                for (int i = 0; i < TURN; i++)
                    sums = add_block(sums, weights + BLOCK * i, factors + SPREAD * column[i]);
            for (; column < end; column++, weights += BLOCK)
                sums = add_block(sums, weights, factors + SPREAD * *column);
            store_rows(out + row, from, sums);
            from = out + row;
        } while (column < last);
    }
}

void percepnet_gemv_int8_sse2(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                              int columns)
{
    _Alignas(16) int16_t factors[SPREAD * PERCEPNET_MAX_INPUTS];
    get_factors(factors, u, columns);
    dense_rows(out, weights, factors, offset, rows, columns);
}

void percepnet_gemv_int8_sparse_sse2(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                     const int32_t *offset, int rows, int columns)
{
    _Alignas(16) int16_t factors[SPREAD * PERCEPNET_MAX_INPUTS];
    get_factors(factors, u, columns);
    sparse_rows(out, weights, blocks, factors, offset, rows);
}
#endif
