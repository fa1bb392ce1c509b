/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with SSE2: four rows of a block are one register, each lane a row; see gemv_int8_halves.h.
 */
#include "processor.h"

#if defined(PERCEPNET_X86)
#include <emmintrin.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

#define SPREAD 4
/* Four blocks a turn: for a shorter loop it matters how it lies in memory, by a factor of up to 1.4. */
#define REPEATED _Pragma("GCC unroll 4")

typedef struct Sums { /* of the upper and the lower four rows: over even and, apart, over odd columns */
    __m128i upper_even, upper_odd, lower_even, lower_odd;
} Sums;

static inline Sums no_sums(void)
{
    const __m128i zero = _mm_setzero_si128();
    return (Sums){zero, zero, zero, zero};
}

static inline __m128i load(const void *p) { return _mm_loadu_si128(p); }

static inline Sums add_block(Sums s, const int8_t *weights, const int16_t *factors)
{
    const __m128i e = load(factors), o = load(factors + 2 * SPREAD);
    const __m128i upper = load(weights), lower = load(weights + BLOCK / 2);
    return (Sums){_mm_add_epi32(s.upper_even, _mm_madd_epi16(_mm_slli_epi16(upper, 8), e)),
                  _mm_add_epi32(s.upper_odd, _mm_madd_epi16(_mm_srai_epi16(upper, 8), o)),
                  _mm_add_epi32(s.lower_even, _mm_madd_epi16(_mm_slli_epi16(lower, 8), e)),
                  _mm_add_epi32(s.lower_odd, _mm_madd_epi16(_mm_srai_epi16(lower, 8), o))};
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

#include "gemv_int8_halves.h"

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
