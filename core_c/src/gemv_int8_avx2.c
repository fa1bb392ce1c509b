/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with AVX2: a block of weights is one register, each lane a row. pmaddubsw is exact, for activations
 * have 7 bits. With the pmaddwd behind it, a block takes the multipliers twice: half of pmaddubsw's rate is the most
 * there is, and is reached with a load of activations for every block.
 */
#include "processor.h"

#if defined(PERCEPNET_X86)
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define TARGET __attribute__((target("avx2")))
#define TURNS 4 /* two would do, but for a shorter loop it matters how it lies in memory, by a factor of up to 2 */
#include "gemv_int8_256.h"

TARGET static inline Sums add_block(Sums sum, const int8_t *weights, const uint8_t *u)
{
    const __m256i pairs = _mm256_maddubs_epi16(spread4(u), load(weights));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

#include "gemv_int8_dense_rows.h"
#include "gemv_int8_sparse_rows.h"

TARGET void percepnet_gemv_int8_avx2(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset,
                                     int rows, int columns)
{
    dense_rows(out, weights, u, offset, rows, columns);
}

TARGET void percepnet_gemv_int8_sparse_avx2(int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                            const uint8_t *u, const int32_t *offset, int rows, int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
