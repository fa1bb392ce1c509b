/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with WebAssembly's simd128: four rows of a block are one register, each lane a row; see
 * gemv_int8_halves.h.
 */
#if defined(__wasm_simd128__) && !defined(PERCEPNET_RELAXED_SIMD)
#include <wasm_simd128.h>

#include "gemv_int8.h"
#include "gemv_int8_halves.h"
#include "layers.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
#define TOGETHER 2 /* row blocks at a time, for which activations are loaded once; with more, registers run out */
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

static inline __attribute__((always_inline)) void add_row_blocks(int32_t *out, const int8_t *weights,
                                                                 const int16_t *factors, const int32_t *offset,
                                                                 v128_t excess, int columns, const int count)
{
    const v128_t flip = wasm_i16x8_splat(128);
    v128_t sum[2 * TOGETHER]; /* the upper and the lower four rows of each block */
    for (int i = 0; i < 2 * count; i++)
        sum[i] = wasm_i32x4_sub(wasm_v128_load(offset + ROWS / 2 * i), excess);
    for (int column = 0; column < columns; column += COLUMNS, weights += BLOCK) {
        const v128_t x = wasm_v128_load32_splat(factors + column), y = wasm_v128_load32_splat(factors + column + 2);
        for (int i = 0; i < 2 * count; i++) {
            const int8_t *four = weights + ROWS * columns * (i / 2) + BLOCK / 2 * (i % 2);
            const v128_t w = wasm_v128_xor(wasm_v128_load(four), flip);
            sum[i] = wasm_i32x4_add(sum[i], wasm_i32x4_dot_i16x8(w, x));
            sum[i] = wasm_i32x4_add(sum[i], wasm_i32x4_dot_i16x8(wasm_i16x8_shr(w, 8), y));
        }
    }
    for (int i = 0; i < 2 * count; i++)
        wasm_v128_store(out + ROWS / 2 * i, sum[i]);
}

void percepnet_gemv_int8_simd128(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                                 int columns)
{
    int16_t factors[PERCEPNET_MAX_INPUTS];
    const v128_t excess = wasm_i32x4_splat(percepnet_gemv_factors(factors, u, columns));
    int row = 0;
    for (; row + TOGETHER * ROWS <= rows; row += TOGETHER * ROWS)
        add_row_blocks(out + row, weights + row * columns, factors, offset + row, excess, columns, TOGETHER);
    for (; row < rows; row += ROWS)
        add_row_blocks(out + row, weights + row * columns, factors, offset + row, excess, columns, 1);
}
#endif
