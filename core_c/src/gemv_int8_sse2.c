/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with SSE2: four rows of a block are one register, each lane a row; see gemv_int8_halves.h.
 */
#include "processor.h"

#if defined(PERCEPNET_X86)
#include <emmintrin.h>
#include <string.h>

#include "gemv_int8.h"
#include "gemv_int8_halves.h"
#include "gemv_int8_sparse.h"
#include "layers.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

static inline __m128i load(const void *p) { return _mm_loadu_si128(p); }

static inline __m128i spread_pair(const int16_t *factors)
{
    int32_t pair;
    memcpy(&pair, factors, sizeof pair);
    return _mm_set1_epi32(pair);
}

/* Adds four rows' products with the even and, apart, with the odd columns' factors. */
static inline void add_four_rows(__m128i *even, __m128i *odd, const int8_t *weights, __m128i x, __m128i y)
{
    const __m128i w = _mm_xor_si128(load(weights), _mm_set1_epi16(128));
    *even = _mm_add_epi32(*even, _mm_madd_epi16(w, x));
    *odd = _mm_add_epi32(*odd, _mm_madd_epi16(_mm_srai_epi16(w, 8), y));
}

static inline void store_sum(int32_t *out, const int32_t *offset, __m128i excess, __m128i even, __m128i odd)
{
    const __m128i start = _mm_sub_epi32(load(offset), excess);
    _mm_storeu_si128((__m128i *)out, _mm_add_epi32(start, _mm_add_epi32(even, odd)));
}

void percepnet_gemv_int8_sse2(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                              int columns)
{
    int16_t factors[PERCEPNET_MAX_INPUTS];
    const __m128i zero = _mm_setzero_si128(), excess = _mm_set1_epi32(percepnet_gemv_factors(factors, u, columns));
    for (int row = 0; row < rows; row += ROWS) {
        __m128i even[2] = {zero, zero}, odd[2] = {zero, zero}; /* of the upper and the lower four rows */
        for (int column = 0; column < columns; column += COLUMNS, weights += BLOCK) {
            const __m128i x = spread_pair(factors + column), y = spread_pair(factors + column + 2);
            add_four_rows(&even[0], &odd[0], weights, x, y);
            add_four_rows(&even[1], &odd[1], weights + BLOCK / 2, x, y);
        }
        store_sum(out + row, offset + row, excess, even[0], odd[0]);
        store_sum(out + row + 4, offset + row + 4, excess, even[1], odd[1]);
    }
}

#define TARGET
#define TURNS 1

typedef struct Sums { /* of two rows each: (0: columns 0 + 1, 2 + 3; 1: 0 + 1, 2 + 3), ... */
    __m128i rows01, rows23, rows45, rows67;
} Sums;

static inline Sums no_sums(void)
{
    const __m128i zero = _mm_setzero_si128();
    return (Sums){zero, zero, zero, zero};
}

/* Eight weights in 16 bits each, times x. */
static inline __m128i add_two_rows(__m128i sum, __m128i doubled, __m128i x)
{
    return _mm_add_epi32(sum, _mm_madd_epi16(_mm_srai_epi16(doubled, 8), x));
}

static inline Sums add_block(Sums s, const int8_t *weights, const uint8_t *u)
{
    const __m128i upper = load(weights), lower = load(weights + BLOCK / 2);
    int32_t four;
    memcpy(&four, u, sizeof four);
    const __m128i x = _mm_unpacklo_epi8(_mm_set1_epi32(four), _mm_setzero_si128());
    return (Sums){add_two_rows(s.rows01, _mm_unpacklo_epi8(upper, upper), x),
                  add_two_rows(s.rows23, _mm_unpackhi_epi8(upper, upper), x),
                  add_two_rows(s.rows45, _mm_unpacklo_epi8(lower, lower), x),
                  add_two_rows(s.rows67, _mm_unpackhi_epi8(lower, lower), x)};
}

static inline Sums add_sums(Sums a, Sums b)
{
    return (Sums){_mm_add_epi32(a.rows01, b.rows01), _mm_add_epi32(a.rows23, b.rows23),
                  _mm_add_epi32(a.rows45, b.rows45), _mm_add_epi32(a.rows67, b.rows67)};
}

/* offset + (a0 + a1, a2 + a3, b0 + b1, b2 + b3). */
static inline void store_four_rows(int32_t *out, const int32_t *offset, __m128i a, __m128i b)
{
    const __m128 x = _mm_castsi128_ps(a), y = _mm_castsi128_ps(b);
    const __m128i even = _mm_castps_si128(_mm_shuffle_ps(x, y, _MM_SHUFFLE(2, 0, 2, 0)));
    const __m128i odd = _mm_castps_si128(_mm_shuffle_ps(x, y, _MM_SHUFFLE(3, 1, 3, 1)));
    _mm_storeu_si128((__m128i *)out, _mm_add_epi32(load(offset), _mm_add_epi32(even, odd)));
}

static inline void store_rows(int32_t *out, const int32_t *offset, Sums s)
{
    store_four_rows(out, offset, s.rows01, s.rows23);
    store_four_rows(out + 4, offset + 4, s.rows45, s.rows67);
}

#include "gemv_int8_sparse_rows.h"

void percepnet_gemv_int8_sparse_sse2(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                     const int32_t *offset, int rows)
{
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
