/* SPDX-License-Identifier: BSD-2-Clause */
#include "lane_sum.h"

/* The sums of 4 `tile` neighbours, in as many registers as hide the time of an addition; does not change any sum. */
static inline void sum_tile(float *y, int tile, const float *weights, const float *const *x, int at, int count)
{
    Lanes sum[8] = {{0.0f}};
    for (int k = 0; k < count; k++)
        for (int j = 0; j < tile; j++)
            sum[j] += weights[k] * lanes_load(x[k] + at + 4 * j);
    for (int j = 0; j < tile; j++)
        lanes_store(y + at + 4 * j, sum[j]);
}

void percepnet_weighted_sum(float *y, int n, const float *weights, const float *const *x, int count)
{
    int i = 0;
    for (; i + 32 <= n; i += 32)
        sum_tile(y, 8, weights, x, i, count);
    for (; i < n; i += 4)
        sum_tile(y, 1, weights, x, i, count);
}
