/* SPDX-License-Identifier: BSD-2-Clause
 * Elementary functions from + - * / and bit moves alone: the same bits in every language, and no libm.
 */
#ifndef PERCEPNET_VEC_MATH_H
#define PERCEPNET_VEC_MATH_H

#include <stdint.h>
#include <string.h>

#include "constants.h"
#include "lanes.h"
#include "tables.h"

static inline float percepnet_abs(float x) { return x < 0.0f ? -x : x; }
static inline float percepnet_min(float a, float b) { return a < b ? a : b; }
static inline float percepnet_max(float a, float b) { return a > b ? a : b; }
static inline float percepnet_clamp(float x, float low, float high) { return percepnet_min(percepnet_max(x, low), high); }

/* One instruction everywhere, given -fno-math-errno. */
static inline float percepnet_sqrt(float x) { return __builtin_sqrtf(x); }

/* 0 where |x| < FLUSH_THRESHOLD: no denormals, which some engines keep and others do not. */
static inline float percepnet_flush(float x) { return percepnet_abs(x) < PERCEPNET_FLUSH_THRESHOLD ? 0.0f : x; }

/* sum_i c[i] x^i by Horner's rule. */
static inline float percepnet_polynomial(const float *c, int n, float x)
{
    float y = c[n - 1];
    for (int i = n - 2; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

static inline Lanes percepnet_polynomial_lanes(const float *c, int n, Lanes x)
{
    Lanes y = lanes_all(c[n - 1]);
    for (int i = n - 2; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

/* log2(x) of normal x > 0; 5e-8 absolute. */
static inline Lanes percepnet_log2_lanes(Lanes x)
{
    const IntLanes bits = (IntLanes)x;
    Lanes m = (Lanes)((bits & 0x007fffff) | 0x3f000000);
    const IntLanes low = m < PERCEPNET_SQRT_HALF, e = (bits >> 23) - 126 + low; /* low is -1 where m is doubled */
    m = lanes_select(low, m + m, m);
    const Lanes s = (m - 1.0f) / (m + 1.0f);
    return __builtin_convertvector(e, Lanes) + s * percepnet_polynomial_lanes(percepnet_log2_coefficients, 4, s * s);
}

static inline float percepnet_log2(float x) { return percepnet_log2_lanes(lanes_all(x))[0]; }

/* 2^x for |x| < 100; 2e-8 relative. */
static inline float percepnet_exp2(float x)
{
    int whole = (int)x;
    if ((float)whole > x)
        whole--;
    const uint32_t bits = (uint32_t)(whole + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale * percepnet_polynomial(percepnet_exp2_coefficients, 7, x - (float)whole);
}

/* sin(pi/2 x) for x in 0..1; 6e-8 absolute. */
static inline Lanes percepnet_sin_half_pi_lanes(Lanes x)
{
    return x * percepnet_polynomial_lanes(percepnet_sine_coefficients, 6, x * x);
}

/* tanh(x); 7e-5 absolute (Opus's rational approximation: it *is* the network's activation). */
static inline Lanes percepnet_tanh_lanes(Lanes x)
{
    x = lanes_clamp(x, -PERCEPNET_TANH_LIMIT, PERCEPNET_TANH_LIMIT);
    const Lanes x2 = x * x, numerator = x * percepnet_polynomial_lanes(percepnet_tanh_numerator, 3, x2);
    return lanes_clamp(numerator / percepnet_polynomial_lanes(percepnet_tanh_denominator, 3, x2), -1.0f, 1.0f);
}

/* 1 / (1 + exp(-x)) as 0.5 + 0.5 tanh(x / 2). */
static inline Lanes percepnet_sigmoid_lanes(Lanes x) { return 0.5f + 0.5f * percepnet_tanh_lanes(0.5f * x); }

#endif
