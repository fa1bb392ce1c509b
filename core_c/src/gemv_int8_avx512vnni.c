/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with AVX-512 VNNI: two blocks of weights are one register, which one instruction multiplies and
 * adds; each lane is a row, in the lower half of the even column blocks, in the upper half of the odd ones.
 */
#include "processor.h"

#if defined(PERCEPNET_X86)
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define TARGET __attribute__((target("avx512f,avx512vl,avx512vnni")))
#define TURNS 4 /* of the sparse product */
#include "gemv_int8_256.h"

#define TOGETHER 4 /* row blocks at a time, for which activations are loaded once; whole cache lines of each */

/* Four activations for the lower half, the next four for the upper. */
TARGET static inline __m512i spread8(const uint8_t *u)
{
    const __m512i index = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    return _mm512_permutexvar_epi32(index, _mm512_castsi128_si512(_mm_loadl_epi64((const __m128i *)u)));
}

/* For what is left at the end of a row: one block of weights. */
TARGET static inline __m512i load_half(const void *p)
{
    return _mm512_inserti64x4(_mm512_setzero_si512(), load(p), 0);
}

TARGET static inline __attribute__((always_inline)) void add_row_blocks(int32_t *out, const int8_t *weights,
                                                                        const uint8_t *u, const int32_t *offset,
                                                                        int columns, const int count)
{
    __m512i sum[TOGETHER];
    for (int i = 0; i < count; i++)
        sum[i] = load_half(offset + ROWS * i);
    int column = 0;
    for (; column + 2 * COLUMNS <= columns; column += 2 * COLUMNS, weights += 2 * BLOCK) {
        const __m512i x = spread8(u + column);
        for (int i = 0; i < count; i++)
            sum[i] = _mm512_dpbusd_epi32(sum[i], x, _mm512_loadu_si512(weights + ROWS * columns * i));
    }
    const __m512i last = column < columns ? _mm512_castsi256_si512(spread4(u + column)) : _mm512_setzero_si512();
    for (int i = 0; i < count; i++) {
        if (column < columns)
            sum[i] = _mm512_dpbusd_epi32(sum[i], last, load_half(weights + ROWS * columns * i));
        const __m256i even = _mm512_castsi512_si256(sum[i]), odd = _mm512_extracti64x4_epi64(sum[i], 1);
        _mm256_storeu_si256((__m256i *)(out + ROWS * i), _mm256_add_epi32(even, odd));
    }
}

TARGET void percepnet_gemv_int8_avx512vnni(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset,
                                           int rows, int columns)
{
    int row = 0;
    for (; row + TOGETHER * ROWS <= rows; row += TOGETHER * ROWS)
        add_row_blocks(out + row, weights + row * columns, u, offset + row, columns, TOGETHER);
    for (; row < rows; row += ROWS)
        add_row_blocks(out + row, weights + row * columns, u, offset + row, columns, 1);
}

TARGET static inline Sums add_block(Sums sum, const int8_t *weights, const uint8_t *u)
{
    return _mm256_dpbusd_epi32(sum, spread4(u), load(weights));
}

#include "gemv_int8_sparse_rows.h"

TARGET void percepnet_gemv_int8_sparse_avx512vnni(int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                                  const uint8_t *u, const int32_t *offset, int rows, int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
