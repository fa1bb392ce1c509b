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
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

#define TARGET
#define TURNS 4

typedef struct Sums { /* of the upper and the lower four rows */
    v128_t upper, lower;
} Sums;

static inline Sums no_sums(void) { return (Sums){wasm_i32x4_splat(0), wasm_i32x4_splat(0)}; }

static inline Sums add_products(Sums s, const int8_t *weights, v128_t x)
{
    return (Sums){wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(weights), x, s.upper),
                  wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(weights + BLOCK / 2), x, s.lower)};
}

static inline Sums add_block(Sums s, const int8_t *weights, const uint8_t *u)
{
    return add_products(s, weights, wasm_v128_load32_splat(u));
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

/* One row block after the other, as the weights lie in memory; activations are loaded sixteen at a time. */
void percepnet_gemv_int8_relaxed(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                                 int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        Sums a = no_sums(), b = a, c = a, d = a; /* take turns, which hides how long an addition takes */
        int column = 0;
        for (; column + 4 * COLUMNS <= columns; column += 4 * COLUMNS, weights += 4 * BLOCK) {
            const v128_t x = wasm_v128_load(u + column);
            a = add_products(a, weights, wasm_i32x4_shuffle(x, x, 0, 0, 0, 0));
            b = add_products(b, weights + BLOCK, wasm_i32x4_shuffle(x, x, 1, 1, 1, 1));
            c = add_products(c, weights + 2 * BLOCK, wasm_i32x4_shuffle(x, x, 2, 2, 2, 2));
            d = add_products(d, weights + 3 * BLOCK, wasm_i32x4_shuffle(x, x, 3, 3, 3, 3));
        }
        for (; column < columns; column += COLUMNS, weights += BLOCK)
            a = add_block(a, weights, u + column);
        store_rows(out + row, offset + row, add_sums(add_sums(a, b), add_sums(c, d)));
    }
}

#include "gemv_int8_sparse_rows.h"

void percepnet_gemv_int8_sparse_relaxed(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                        const int32_t *offset, int rows, int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
