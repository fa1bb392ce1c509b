/* SPDX-License-Identifier: BSD-2-Clause
 * What the kernels with 256-bit registers share: a block of weights is one register, each lane a row. A kernel file has
 * defined TARGET before, which marks a function that uses its instructions, and adds add_block; see
 * gemv_int8_sparse_rows.h.
 */
#include <immintrin.h>
#include <string.h>

#include "constants.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "these kernels are written for 8 x 4 blocks");

TARGET static inline __m256i load(const void *p) { return _mm256_loadu_si256(p); }

TARGET static inline __m256i spread4(const uint8_t *u)
{
    int32_t four;
    memcpy(&four, u, sizeof four);
    return _mm256_set1_epi32(four);
}

typedef __m256i Sums; /* of the eight rows */

TARGET static inline Sums no_sums(void) { return _mm256_setzero_si256(); }

TARGET static inline Sums add_sums(Sums a, Sums b) { return _mm256_add_epi32(a, b); }

TARGET static inline void store_rows(int32_t *out, const int32_t *offset, Sums sum)
{
    _mm256_storeu_si256((__m256i *)out, _mm256_add_epi32(load(offset), sum));
}
