/* SPDX-License-Identifier: BSD-2-Clause */
#include "activations.h"

#include <string.h>

#include "constants.h"
#include "vec_math.h"

/* The last four, some of which may belong to the four before, are read before those change. */
void percepnet_tanh_all(float *x, int n)
{
    const Lanes last = percepnet_tanh_lanes(lanes_load(x + n - 4));
    for (int i = 0; i < n - 4; i += 4)
        lanes_store(x + i, percepnet_tanh_lanes(lanes_load(x + i)));
    lanes_store(x + n - 4, last);
}

void percepnet_sigmoid_all(float *x, int n)
{
    const Lanes last = percepnet_sigmoid_lanes(lanes_load(x + n - 4));
    for (int i = 0; i < n - 4; i += 4)
        lanes_store(x + i, percepnet_sigmoid_lanes(lanes_load(x + i)));
    lanes_store(x + n - 4, last);
}

static IntLanes quantise(Lanes x)
{
    const Lanes scaled = x * (float)PERCEPNET_ACTIVATION_SCALE;
    return __builtin_convertvector(scaled + ((float)PERCEPNET_ACTIVATION_ZERO + 0.5f), IntLanes);
}

/* Puts neighbours, each of so many bits, into one lane: those of a, then those of b. */
static IntLanes join_neighbours(IntLanes a, IntLanes b, int bits)
{
    return (IntLanes)lanes_even((Lanes)a, (Lanes)b) | (IntLanes)lanes_odd((Lanes)a, (Lanes)b) << bits;
}

void percepnet_quantise(uint8_t *u, const float *x, int n)
{
    for (int i = 0; i < n; i += 8) {
        const IntLanes pairs = join_neighbours(quantise(lanes_load(x + i)), quantise(lanes_load(x + i + 4)), 8);
        const IntLanes fours = join_neighbours(pairs, pairs, 16);
        memcpy(u + i, &fours, 8);
    }
}

void percepnet_dequantise(float *y, const int32_t *sum, const float *scale, const float *bias, int n)
{
    for (int i = 0; i < n; i += 4) {
        const Lanes exact = __builtin_convertvector(lanes_load_int(sum + i), Lanes);
        lanes_store(y + i, exact * lanes_load(scale + i) + lanes_load(bias + i));
    }
}

void percepnet_gates(float *h, const float *a, const float *b, int units)
{
    const float *a_r = a + units, *a_n = a + 2 * units, *b_r = b + units, *b_n = b + 2 * units;
    for (int i = 0; i < units; i += 4) {
        const Lanes z = percepnet_sigmoid_lanes(lanes_load(a + i) + lanes_load(b + i));
        const Lanes r = percepnet_sigmoid_lanes(lanes_load(a_r + i) + lanes_load(b_r + i));
        const Lanes n = percepnet_tanh_lanes(lanes_load(a_n + i) + r * lanes_load(b_n + i));
        lanes_store(h + i, lanes_flush(n + z * (lanes_load(h + i) - n), PERCEPNET_FLUSH_THRESHOLD));
    }
}
