/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with WebAssembly's simd128: four rows of a block are one register, each lane a row; see
 * gemv_int8_halves.h.
 */
#if defined(__wasm_simd128__) && !defined(PERCEPNET_RELAXED_SIMD)
#include <wasm_simd128.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

#define SPREAD 1
#define REPEATED /* V8 does that by itself */

typedef struct Sums { /* of the upper and the lower four rows: over even and, apart, over odd columns */
    v128_t upper_even, upper_odd, lower_even, lower_odd;
} Sums;

static inline Sums no_sums(void)
{
    const v128_t zero = wasm_i32x4_splat(0);
    return (Sums){zero, zero, zero, zero};
}

static inline Sums add_block(Sums s, const int8_t *weights, const int16_t *factors)
{
    const v128_t e = wasm_v128_load32_splat(factors), o = wasm_v128_load32_splat(factors + 2);
    const v128_t upper = wasm_v128_load(weights), lower = wasm_v128_load(weights + BLOCK / 2);
    return (Sums){wasm_i32x4_add(s.upper_even, wasm_i32x4_dot_i16x8(wasm_i16x8_shl(upper, 8), e)),
                  wasm_i32x4_add(s.upper_odd, wasm_i32x4_dot_i16x8(wasm_i16x8_shr(upper, 8), o)),
                  wasm_i32x4_add(s.lower_even, wasm_i32x4_dot_i16x8(wasm_i16x8_shl(lower, 8), e)),
                  wasm_i32x4_add(s.lower_odd, wasm_i32x4_dot_i16x8(wasm_i16x8_shr(lower, 8), o))};
}

static inline void store_four_rows(int32_t *out, const int32_t *from, v128_t even, v128_t odd)
{
    wasm_v128_store(out, wasm_i32x4_add(wasm_v128_load(from), wasm_i32x4_shr(wasm_i32x4_add(even, odd), 8)));
}

static inline void store_rows(int32_t *out, const int32_t *from, Sums s)
{
    store_four_rows(out, from, s.upper_even, s.upper_odd);
    store_four_rows(out + 4, from + 4, s.lower_even, s.lower_odd);
}

#include "gemv_int8_halves.h"

void percepnet_gemv_int8_simd128(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                                 int columns)
{
    int16_t factors[SPREAD * PERCEPNET_MAX_INPUTS];
    get_factors(factors, u, columns);
    dense_rows(out, weights, factors, offset, rows, columns);
}

void percepnet_gemv_int8_sparse_simd128(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                        const int32_t *offset, int rows, int columns)
{
    int16_t factors[SPREAD * PERCEPNET_MAX_INPUTS];
    get_factors(factors, u, columns);
    sparse_rows(out, weights, blocks, factors, offset, rows);
}
#endif
