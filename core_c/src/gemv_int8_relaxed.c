/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with WebAssembly's relaxed SIMD: four rows of a block are one register, each lane a row. The dot
 * product is exact here: its second operand is 7-bit, the only case the standard defines.
 */
#if defined(PERCEPNET_RELAXED_SIMD)
#include <wasm_simd128.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
#define TOGETHER 4 /* row blocks at a time: eight sums hide how long an engine's own dot product takes */
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

static inline __attribute__((always_inline)) void add_row_blocks(int32_t *out, const int8_t *weights,
                                                                 const uint8_t *u, const int32_t *offset, int columns,
                                                                 const int count)
{
    v128_t sum[2 * TOGETHER]; /* the upper and the lower four rows of each block */
    for (int i = 0; i < 2 * count; i++)
        sum[i] = wasm_v128_load(offset + ROWS / 2 * i);
    for (int column = 0; column < columns; column += COLUMNS, weights += BLOCK) {
        const v128_t x = wasm_v128_load32_splat(u + column);
        for (int i = 0; i < 2 * count; i++) {
            const int8_t *four = weights + ROWS * columns * (i / 2) + BLOCK / 2 * (i % 2);
            sum[i] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(four), x, sum[i]);
        }
    }
    for (int i = 0; i < 2 * count; i++)
        wasm_v128_store(out + ROWS / 2 * i, sum[i]);
}

void percepnet_gemv_int8_relaxed(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                                 int columns)
{
    int row = 0;
    for (; row + TOGETHER * ROWS <= rows; row += TOGETHER * ROWS)
        add_row_blocks(out + row, weights + row * columns, u, offset + row, columns, TOGETHER);
    for (; row < rows; row += ROWS)
        add_row_blocks(out + row, weights + row * columns, u, offset + row, columns, 1);
}

#define TARGET
#define TURNS 4

typedef struct Sums { /* of the upper and the lower four rows */
    v128_t upper, lower;
} Sums;

static inline Sums no_sums(void) { return (Sums){wasm_i32x4_splat(0), wasm_i32x4_splat(0)}; }

static inline Sums add_block(Sums s, const int8_t *weights, const uint8_t *u)
{
    const v128_t x = wasm_v128_load32_splat(u);
    return (Sums){wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(weights), x, s.upper),
                  wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(weights + BLOCK / 2), x, s.lower)};
}

static inline Sums add_sums(Sums a, Sums b)
{
    return (Sums){wasm_i32x4_add(a.upper, b.upper), wasm_i32x4_add(a.lower, b.lower)};
}

static inline void store_rows(int32_t *out, const int32_t *offset, Sums s)
{
    wasm_v128_store(out, wasm_i32x4_add(wasm_v128_load(offset), s.upper));
    wasm_v128_store(out + 4, wasm_i32x4_add(wasm_v128_load(offset + 4), s.lower));
}

#include "gemv_int8_sparse_rows.h"

void percepnet_gemv_int8_sparse_relaxed(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                        const int32_t *offset, int rows)
{
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
