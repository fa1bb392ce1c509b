/* SPDX-License-Identifier: BSD-2-Clause
 * Four floats that the compiler keeps in one register. Said outright (a language extension of gcc and clang), because
 * not every compiler finds it in a loop; each lane computes what a lone float would, so no bit depends on it.
 */
#ifndef PERCEPNET_LANES_H
#define PERCEPNET_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef float Lanes __attribute__((vector_size(16)));
typedef int32_t IntLanes __attribute__((vector_size(16))); /* also what a comparison gives: -1 where true, else 0 */

static inline Lanes lanes_load(const float *x)
{
    Lanes lanes;
    memcpy(&lanes, x, sizeof lanes);
    return lanes;
}

static inline IntLanes lanes_load_int(const int32_t *x)
{
    IntLanes lanes;
    memcpy(&lanes, x, sizeof lanes);
    return lanes;
}

static inline void lanes_store(float *x, Lanes lanes) { memcpy(x, &lanes, sizeof lanes); }

static inline Lanes lanes_all(float x) { return (Lanes){x, x, x, x}; }

/* Where the group of four that should begin at i does begin in an array of n >= 4: the last is moved back to end with
 * it and computes some elements again, which must not be its own inputs. */
static inline int lanes_start(int i, int n) { return i < n - 4 ? i : n - 4; }

/* a where the mask is -1, b where it is 0. */
static inline IntLanes lanes_select_int(IntLanes mask, IntLanes a, IntLanes b) { return (mask & a) | (~mask & b); }
static inline Lanes lanes_select(IntLanes mask, Lanes a, Lanes b)
{
    return (Lanes)lanes_select_int(mask, (IntLanes)a, (IntLanes)b);
}

/* One instruction each, said outright, because not every compiler finds it. */
#if defined(__wasm_simd128__)
static inline Lanes lanes_max(Lanes a, Lanes b) { return (Lanes)wasm_f32x4_pmax((v128_t)b, (v128_t)a); }
static inline Lanes lanes_min(Lanes a, Lanes b) { return (Lanes)wasm_f32x4_pmin((v128_t)b, (v128_t)a); }
static inline Lanes lanes_abs(Lanes x) { return (Lanes)wasm_f32x4_abs((v128_t)x); }
#else
#if defined(__SSE2__)
static inline Lanes lanes_max(Lanes a, Lanes b) { return (Lanes)_mm_max_ps((__m128)a, (__m128)b); }
static inline Lanes lanes_min(Lanes a, Lanes b) { return (Lanes)_mm_min_ps((__m128)a, (__m128)b); }
#else
static inline Lanes lanes_max(Lanes a, Lanes b) { return lanes_select(b < a, a, b); }
static inline Lanes lanes_min(Lanes a, Lanes b) { return lanes_select(a < b, a, b); }
#endif
static inline Lanes lanes_abs(Lanes x) { return (Lanes)((IntLanes)x & 0x7fffffff); }
#endif

static inline Lanes lanes_clamp(Lanes x, float low, float high)
{
    return lanes_min(lanes_max(x, lanes_all(low)), lanes_all(high));
}

/* 0 where |x| < threshold. */
static inline Lanes lanes_flush(Lanes x, float threshold)
{
    return (Lanes)((IntLanes)x & ~(lanes_abs(x) < lanes_all(threshold)));
}

static inline Lanes lanes_reverse(Lanes x) { return (Lanes){x[3], x[2], x[1], x[0]}; }

/* Every second of the eight elements of a and b, and back. */
static inline Lanes lanes_even(Lanes a, Lanes b) { return (Lanes){a[0], a[2], b[0], b[2]}; }
static inline Lanes lanes_odd(Lanes a, Lanes b) { return (Lanes){a[1], a[3], b[1], b[3]}; }
static inline Lanes lanes_zip_low(Lanes a, Lanes b) { return (Lanes){a[0], b[0], a[1], b[1]}; }
static inline Lanes lanes_zip_high(Lanes a, Lanes b) { return (Lanes){a[2], b[2], a[3], b[3]}; }

#endif
