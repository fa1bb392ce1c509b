/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with AVX2: a block of weights is one register, each lane a row. pmaddubsw is exact, for activations
 * have 7 bits.
 */
#include "processor.h"

#if defined(PERCEPNET_X86)
#include <immintrin.h>
#include <string.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define AVX2 __attribute__((target("avx2")))
#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

AVX2 static inline __m256i load(const void *p) { return _mm256_loadu_si256(p); }

AVX2 static inline __m256i spread4(const uint8_t *u)
{
    int32_t four;
    memcpy(&four, u, sizeof four);
    return _mm256_set1_epi32(four);
}

#define TARGET AVX2
#define TURNS 2

typedef __m256i Sums; /* of the eight rows */

AVX2 static inline Sums no_sums(void) { return _mm256_setzero_si256(); }

AVX2 static inline Sums add_block(Sums sum, const int8_t *weights, const uint8_t *u)
{
    const __m256i pairs = _mm256_maddubs_epi16(spread4(u), load(weights));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

AVX2 static inline Sums add_sums(Sums a, Sums b) { return _mm256_add_epi32(a, b); }

AVX2 static inline void store_rows(int32_t *out, const int32_t *offset, Sums sum)
{
    _mm256_storeu_si256((__m256i *)out, _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)offset), sum));
}

#include "gemv_int8_dense_rows.h"
#include "gemv_int8_sparse_rows.h"

AVX2 void percepnet_gemv_int8_avx2(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset,
                                   int rows, int columns)
{
    dense_rows(out, weights, u, offset, rows, columns);
}

AVX2 void percepnet_gemv_int8_sparse_avx2(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                          const int32_t *offset, int rows)
{
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
