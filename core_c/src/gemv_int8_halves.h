/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product for instruction sets that multiply only 16-bit numbers (SSE2, simd128), without widening weights.
 *
 * Two neighbouring weights a (even column) and b (odd column) are one 16-bit number. With 128 added to a, which takes
 * one exclusive or, that number is w = 256 b + (a + 128), and b = w >> 8. So for their activations e and o
 *     a e + b o = w e + b (o - 256 e) - 128 e,
 * and the last term is the same for all rows.
 */
#ifndef PERCEPNET_GEMV_INT8_HALVES_H
#define PERCEPNET_GEMV_INT8_HALVES_H

#include <stdint.h>

/* For each four activations two pairs of factors: (e, e) of w, then (o - 256 e, o - 256 e) of b. Returns the sum over
 * 128 e. factors: as many as columns, a multiple of 4. */
static inline int32_t percepnet_gemv_factors(int16_t *factors, const uint8_t *u, int columns)
{
    int32_t sum = 0;
    for (int i = 0; i < columns; i += 4) {
        const int e0 = u[i], o0 = u[i + 1], e1 = u[i + 2], o1 = u[i + 3];
        factors[i] = (int16_t)e0;
        factors[i + 1] = (int16_t)e1;
        factors[i + 2] = (int16_t)(o0 - 256 * e0);
        factors[i + 3] = (int16_t)(o1 - 256 * e1);
        sum += e0 + e1;
    }
    return 128 * sum;
}

#endif
