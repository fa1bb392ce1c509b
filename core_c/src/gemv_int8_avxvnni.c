/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with AVX-VNNI: a block of weights is one register, each lane a row, and one instruction multiplies
 * and adds it.
 */
#include "processor.h"

#if defined(PERCEPNET_AVXVNNI)
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define TARGET __attribute__((target("avx2,avxvnni")))
#define TURNS 4 /* of the sparse product */
#include "gemv_int8_256.h"

#define CHAINS 8 /* sums of the dense product that take turns: two can begin in a cycle, and each takes four */

TARGET static inline Sums add_products(Sums sum, const int8_t *weights, __m256i x)
{
    sum = _mm256_dpbusd_avx_epi32(sum, x, load(weights));
    __asm__("" : "+x"(sum)); /* gcc would copy all sums to other registers and back: a fifth of the speed */
    return sum;
}

TARGET static inline Sums add_block(Sums sum, const int8_t *weights, const uint8_t *u)
{
    return add_products(sum, weights, spread4(u));
}

/* Activations are loaded sixteen at a time: a load for each block beside that of its weights would be the limit. */
TARGET static inline void add_four_blocks(Sums sum[4], const int8_t *weights, const uint8_t *u)
{
    const __m256i x = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)u));
    sum[0] = add_products(sum[0], weights, _mm256_shuffle_epi32(x, 0x00));
    sum[1] = add_products(sum[1], weights + BLOCK, _mm256_shuffle_epi32(x, 0x55));
    sum[2] = add_products(sum[2], weights + 2 * BLOCK, _mm256_shuffle_epi32(x, 0xaa));
    sum[3] = add_products(sum[3], weights + 3 * BLOCK, _mm256_shuffle_epi32(x, 0xff));
}

/* One row block after the other, as the weights lie in memory. */
TARGET void percepnet_gemv_int8_avxvnni(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset,
                                        int rows, int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        int column = 0;
        Sums sum[CHAINS];
        for (int i = 0; i < CHAINS; i++)
            sum[i] = no_sums();
        for (; column + 8 * COLUMNS <= columns; column += 8 * COLUMNS, weights += 8 * BLOCK) {
            add_four_blocks(sum, weights, u + column);
            add_four_blocks(sum + 4, weights + 4 * BLOCK, u + column + 4 * COLUMNS);
        }
        for (; column < columns; column += COLUMNS, weights += BLOCK)
            sum[0] = add_block(sum[0], weights, u + column);
        for (int i = 1; i < CHAINS; i++)
            sum[0] = add_sums(sum[0], sum[i]);
        store_rows(out + row, offset + row, sum[0]);
    }
}

#include "gemv_int8_sparse_rows.h"

TARGET void percepnet_gemv_int8_sparse_avxvnni(int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                               const uint8_t *u, const int32_t *offset, int rows, int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
