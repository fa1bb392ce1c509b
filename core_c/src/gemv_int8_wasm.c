/* SPDX-License-Identifier: BSD-2-Clause
 * percepnet_gemv_int8 for WebAssembly: relaxed SIMD's dot product where the build allows it, else plain simd128.
 * The relaxed instruction is exact here: its second operand is 7-bit, the only case the standard defines.
 */
#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

#include "constants.h"
#include "gemv_int8.h"

#define BLOCK (PERCEPNET_ROW_BLOCK * PERCEPNET_COLUMN_BLOCK)
_Static_assert(PERCEPNET_ROW_BLOCK == 8 && PERCEPNET_COLUMN_BLOCK == 4, "this kernel is written for 8 x 4 blocks");

#if defined(PERCEPNET_RELAXED_SIMD)

void percepnet_gemv_int8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                         int columns)
{
    for (int row = 0; row < rows; row += PERCEPNET_ROW_BLOCK) {
        v128_t top = wasm_v128_load(offset + row), bottom = wasm_v128_load(offset + row + 4);
        for (int column = 0; column < columns; column += PERCEPNET_COLUMN_BLOCK, weights += BLOCK) {
            const v128_t x = wasm_v128_load32_splat(u + column);
            top = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(weights), x, top);
            bottom = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(weights + 16), x, bottom);
        }
        wasm_v128_store(out + row, top);
        wasm_v128_store(out + row + 4, bottom);
    }
}

const char *percepnet_gemv_int8_variant(void) { return "relaxed"; }

#else

/* Two rows of four columns, widened, times x: (row 0: 0+1, 2+3; row 1: 0+1, 2+3). */
static inline v128_t dot_two_rows(const int8_t *weights, v128_t x)
{
    return wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(weights), x);
}

/* Adds neighbours: (a0 + a1, a2 + a3, b0 + b1, b2 + b3). */
static inline v128_t add_pairs(v128_t a, v128_t b)
{
    return wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}

void percepnet_gemv_int8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                         int columns)
{
    const v128_t zero = wasm_i32x4_splat(0);
    for (int row = 0; row < rows; row += PERCEPNET_ROW_BLOCK) {
        v128_t a = zero, b = zero, c = zero, d = zero;
        for (int column = 0; column < columns; column += PERCEPNET_COLUMN_BLOCK, weights += BLOCK) {
            const v128_t x = wasm_u16x8_extend_low_u8x16(wasm_v128_load32_splat(u + column));
            a = wasm_i32x4_add(a, dot_two_rows(weights, x));
            b = wasm_i32x4_add(b, dot_two_rows(weights + 8, x));
            c = wasm_i32x4_add(c, dot_two_rows(weights + 16, x));
            d = wasm_i32x4_add(d, dot_two_rows(weights + 24, x));
        }
        wasm_v128_store(out + row, wasm_i32x4_add(wasm_v128_load(offset + row), add_pairs(a, b)));
        wasm_v128_store(out + row + 4, wasm_i32x4_add(wasm_v128_load(offset + row + 4), add_pairs(c, d)));
    }
}

const char *percepnet_gemv_int8_variant(void) { return "simd128"; }

#endif
#endif
