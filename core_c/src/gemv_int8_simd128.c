/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with WebAssembly's simd128: four rows of a block are one register, each lane a row; see
 * gemv_int8_halves.h.
 */
#if defined(__wasm_simd128__) && !defined(PERCEPNET_RELAXED_SIMD)
#include <wasm_simd128.h>

#include "gemv_int8.h"
#include "gemv_int8_halves.h"
#include "gemv_int8_sparse.h"
#include "layers.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

/* Adds four rows' products with the even and, apart, with the odd columns' factors. */
static inline void add_four_rows(v128_t *even, v128_t *odd, const int8_t *weights, v128_t x, v128_t y)
{
    const v128_t w = wasm_v128_xor(wasm_v128_load(weights), wasm_i16x8_splat(128));
    *even = wasm_i32x4_add(*even, wasm_i32x4_dot_i16x8(w, x));
    *odd = wasm_i32x4_add(*odd, wasm_i32x4_dot_i16x8(wasm_i16x8_shr(w, 8), y));
}

static inline void store_sum(int32_t *out, const int32_t *offset, v128_t excess, v128_t even, v128_t odd)
{
    const v128_t start = wasm_i32x4_sub(wasm_v128_load(offset), excess);
    wasm_v128_store(out, wasm_i32x4_add(start, wasm_i32x4_add(even, odd)));
}

void percepnet_gemv_int8_simd128(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                                 int columns)
{
    int16_t factors[PERCEPNET_MAX_INPUTS];
    const v128_t zero = wasm_i32x4_splat(0), excess = wasm_i32x4_splat(percepnet_gemv_factors(factors, u, columns));
    for (int row = 0; row < rows; row += ROWS) {
        v128_t even[2] = {zero, zero}, odd[2] = {zero, zero}; /* of the upper and the lower four rows */
        for (int column = 0; column < columns; column += COLUMNS, weights += BLOCK) {
            const v128_t x = wasm_v128_load32_splat(factors + column), y = wasm_v128_load32_splat(factors + column + 2);
            add_four_rows(&even[0], &odd[0], weights, x, y);
            add_four_rows(&even[1], &odd[1], weights + BLOCK / 2, x, y);
        }
        store_sum(out + row, offset + row, excess, even[0], odd[0]);
        store_sum(out + row + 4, offset + row + 4, excess, even[1], odd[1]);
    }
}

#define TARGET
#define TURNS 1

typedef struct Sums { /* of two rows each: (0: columns 0 + 1, 2 + 3; 1: 0 + 1, 2 + 3), ... */
    v128_t rows01, rows23, rows45, rows67;
} Sums;

static inline Sums no_sums(void)
{
    const v128_t zero = wasm_i32x4_splat(0);
    return (Sums){zero, zero, zero, zero};
}

static inline v128_t add_two_rows(v128_t sum, const int8_t *weights, v128_t x)
{
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(weights), x));
}

static inline Sums add_block(Sums s, const int8_t *weights, const uint8_t *u)
{
    const v128_t x = wasm_u16x8_extend_low_u8x16(wasm_v128_load32_splat(u));
    return (Sums){add_two_rows(s.rows01, weights, x), add_two_rows(s.rows23, weights + 8, x),
                  add_two_rows(s.rows45, weights + 16, x), add_two_rows(s.rows67, weights + 24, x)};
}

static inline Sums add_sums(Sums a, Sums b)
{
    return (Sums){wasm_i32x4_add(a.rows01, b.rows01), wasm_i32x4_add(a.rows23, b.rows23),
                  wasm_i32x4_add(a.rows45, b.rows45), wasm_i32x4_add(a.rows67, b.rows67)};
}

/* offset + (a0 + a1, a2 + a3, b0 + b1, b2 + b3). */
static inline void store_four_rows(int32_t *out, const int32_t *offset, v128_t a, v128_t b)
{
    const v128_t sum = wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
    wasm_v128_store(out, wasm_i32x4_add(wasm_v128_load(offset), sum));
}

static inline void store_rows(int32_t *out, const int32_t *offset, Sums s)
{
    store_four_rows(out, offset, s.rows01, s.rows23);
    store_four_rows(out + 4, offset + 4, s.rows45, s.rows67);
}

#include "gemv_int8_sparse_rows.h"

void percepnet_gemv_int8_sparse_simd128(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                        const int32_t *offset, int rows)
{
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
