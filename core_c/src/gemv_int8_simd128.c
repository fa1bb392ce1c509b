/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with WebAssembly's simd128, which multiplies only 16-bit numbers, without widening weights: four
 * rows of a block are one register, each lane a row.
 *
 * Two neighbouring weights a (even column) and b (odd column) are one 16-bit number. As weights are turned, that number
 * is w = 256 b + (a + 128), and b = w >> 8. So with their activations e and o
 *     a e + b o = w e + (w >> 8) (o - 256 e) - 128 e,
 * all of them 16-bit numbers, and the last term is the same for all rows. Sums are modulo 2^32. There is no constant in
 * it, which V8 would build anew for every block.
 */
#if defined(__wasm_simd128__) && !defined(PERCEPNET_RELAXED_SIMD)
#include <string.h>
#include <wasm_simd128.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"
#include "layers.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

void percepnet_gemv_int8_turn(int8_t *weights, size_t count)
{
    for (; count >= BLOCK; count -= BLOCK, weights += BLOCK)
        for (int i = 0; i < BLOCK; i += 16)
            wasm_v128_store(weights + i, wasm_v128_xor(wasm_v128_load(weights + i), wasm_i16x8_splat(0x80)));
}

enum { EVEN, ODD, EXCESS };

/* For four columns four numbers, so that a column's number finds them: two factors e of 16 bits each; two o - 256 e;
 * 128 times the sum of both e, which is returned for all columns, a multiple of 4; and one unused. */
static inline int32_t get_factors(uint32_t *factors, const uint8_t *u, int columns)
{
    uint32_t excess = 0;
    for (int i = 0; i < columns; i += 4, factors += 4) {
        uint32_t four;
        memcpy(&four, u + i, sizeof four);
        const uint32_t even = four & 0x00ff00ff, odd = four >> 8 & 0x00ff00ff;
        factors[EVEN] = even;
        factors[ODD] = odd | ((0x01000100 - even) & 0x00ff00ff) << 8; /* as bytes o, -e */
        factors[EXCESS] = 128 * (u[i] + u[i + 2]);
        excess += factors[EXCESS];
    }
    return (int32_t)excess;
}

typedef struct Sums { /* of the upper and the lower four rows: of w e and, apart, of (w >> 8) (o - 256 e) */
    v128_t upper, upper_odd, lower, lower_odd;
} Sums;

static inline Sums no_sums(void)
{
    const v128_t zero = wasm_i32x4_splat(0);
    return (Sums){zero, zero, zero, zero};
}

static inline Sums add_block(Sums s, const int8_t *weights, const uint32_t *factors)
{
    const v128_t e = wasm_v128_load32_splat(factors + EVEN), o = wasm_v128_load32_splat(factors + ODD);
    const v128_t upper = wasm_v128_load(weights), lower = wasm_v128_load(weights + BLOCK / 2);
    return (Sums){wasm_i32x4_add(s.upper, wasm_i32x4_dot_i16x8(upper, e)),
                  wasm_i32x4_add(s.upper_odd, wasm_i32x4_dot_i16x8(wasm_i16x8_shr(upper, 8), o)),
                  wasm_i32x4_add(s.lower, wasm_i32x4_dot_i16x8(lower, e)),
                  wasm_i32x4_add(s.lower_odd, wasm_i32x4_dot_i16x8(wasm_i16x8_shr(lower, 8), o))};
}

static inline void store_rows(int32_t *out, const int32_t *offset, int32_t excess, Sums s)
{
    const v128_t upper = wasm_i32x4_add(s.upper, s.upper_odd), lower = wasm_i32x4_add(s.lower, s.lower_odd);
    const v128_t all = wasm_i32x4_splat(excess);
    wasm_v128_store(out, wasm_i32x4_add(wasm_v128_load(offset), wasm_i32x4_sub(upper, all)));
    wasm_v128_store(out + 4, wasm_i32x4_add(wasm_v128_load(offset + 4), wasm_i32x4_sub(lower, all)));
}

void percepnet_gemv_int8_simd128(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                                 int columns)
{
    uint32_t factors[PERCEPNET_MAX_INPUTS];
    const int32_t excess = get_factors(factors, u, columns);
    for (int row = 0; row < rows; row += ROWS) {
        Sums sums = no_sums();
        for (const uint32_t *column = factors; column < factors + columns; column += COLUMNS, weights += BLOCK)
            sums = add_block(sums, weights, column);
        store_rows(out + row, offset + row, excess, sums);
    }
}

void percepnet_gemv_int8_sparse_simd128(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                        const int32_t *offset, int rows, int columns)
{
    uint32_t factors[PERCEPNET_MAX_INPUTS];
    const uint16_t *column = blocks + rows / ROWS;
    get_factors(factors, u, columns);
    for (int row = 0; row < rows; row += ROWS) {
        const uint16_t *end = column + blocks[row / ROWS];
        Sums sums = no_sums();
        int32_t excess = 0;
        for (; column < end; column++, weights += BLOCK) {
            sums = add_block(sums, weights, factors + *column);
            excess += (int32_t)factors[*column + EXCESS];
        }
        store_rows(out + row, offset + row, excess, sums);
    }
}
#endif
