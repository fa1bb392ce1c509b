/* SPDX-License-Identifier: BSD-2-Clause
 * Matrix-vector product of int8 weights and 7-bit activations; exact, so every implementation gives the same integers.
 *
 * weights: blocks of ROW_BLOCK rows x COLUMN_BLOCK columns, row blocks outermost; rows and columns are multiples.
 * u:       activations 0..127, 16-byte aligned. 7 bits keep every sum of two products within 16 bits signed.
 * offset:  what each sum starts from: -ACTIVATION_ZERO times the row's sum of weights, the zero point of u.
 */
#ifndef PERCEPNET_GEMV_INT8_H
#define PERCEPNET_GEMV_INT8_H

#include <stdint.h>

/* The definition, in plain C. */
void percepnet_gemv_int8_plain(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                               int columns);

/* The fastest this build has; the same result. */
void percepnet_gemv_int8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                         int columns);

/* Which one that is: "plain", "sse2", "avx2", "simd128" or "relaxed". */
const char *percepnet_gemv_int8_variant(void);

#endif
