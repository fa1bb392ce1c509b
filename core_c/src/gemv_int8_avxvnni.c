/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with AVX-VNNI: a block of weights is one register, each lane a row, and one instruction multiplies
 * and adds it.
 */
#include "processor.h"

#if defined(PERCEPNET_AVXVNNI)
#include <immintrin.h>
#include <string.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define AVXVNNI __attribute__((target("avx2,avxvnni")))
#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

AVXVNNI static inline __m256i load(const void *p) { return _mm256_loadu_si256(p); }

AVXVNNI static inline __m256i spread4(const uint8_t *u)
{
    int32_t four;
    memcpy(&four, u, sizeof four);
    return _mm256_set1_epi32(four);
}

#define TARGET AVXVNNI
#define TURNS 4

typedef __m256i Sums; /* of the eight rows */

AVXVNNI static inline Sums no_sums(void) { return _mm256_setzero_si256(); }

AVXVNNI static inline Sums add_block(Sums sum, const int8_t *weights, const uint8_t *u)
{
    return _mm256_dpbusd_avx_epi32(sum, spread4(u), load(weights));
}

AVXVNNI static inline Sums add_sums(Sums a, Sums b) { return _mm256_add_epi32(a, b); }

AVXVNNI static inline void store_rows(int32_t *out, const int32_t *offset, Sums sum)
{
    _mm256_storeu_si256((__m256i *)out, _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)offset), sum));
}

#include "gemv_int8_dense_rows.h"
#include "gemv_int8_sparse_rows.h"

AVXVNNI void percepnet_gemv_int8_avxvnni(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset,
                                         int rows, int columns)
{
    dense_rows(out, weights, u, offset, rows, columns);
}

AVXVNNI void percepnet_gemv_int8_sparse_avxvnni(int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                                const uint8_t *u, const int32_t *offset, int rows)
{
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
