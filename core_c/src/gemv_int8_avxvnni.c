/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with AVX-VNNI: a block of weights is one register, each lane a row, and one instruction multiplies
 * and adds it.
 */
#include "processor.h"

#if defined(PERCEPNET_AVXVNNI)
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define TARGET __attribute__((target("avx2,avxvnni")))
#define TURNS 4
#include "gemv_int8_256.h"

TARGET static inline Sums add_block(Sums sum, const int8_t *weights, const uint8_t *u)
{
    return _mm256_dpbusd_avx_epi32(sum, spread4(u), load(weights));
}

#include "gemv_int8_dense_rows.h"
#include "gemv_int8_sparse_rows.h"

TARGET void percepnet_gemv_int8_avxvnni(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset,
                                        int rows, int columns)
{
    dense_rows(out, weights, u, offset, rows, columns);
}

TARGET void percepnet_gemv_int8_sparse_avxvnni(int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                               const uint8_t *u, const int32_t *offset, int rows, int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
