/* SPDX-License-Identifier: BSD-2-Clause
 * Sums whose order is part of the definition: in four lanes, closed as (0 + 2) + (1 + 3), or one term after the other.
 */
#ifndef PERCEPNET_LANE_SUM_H
#define PERCEPNET_LANE_SUM_H

#include "lanes.h"

static inline float percepnet_close_lanes(Lanes sum) { return (sum[0] + sum[2]) + (sum[1] + sum[3]); }

/* sum_i a[i] b[i]; n is a multiple of 4. */
static inline float percepnet_inner_product(const float *a, const float *b, int n)
{
    Lanes sum = {0.0f};
    for (int i = 0; i < n; i += 4)
        sum += lanes_load(a + i) * lanes_load(b + i);
    return percepnet_close_lanes(sum);
}

/* y[i] = sum_k weights[k] x[k][i], k < count in order, i < n; n is a multiple of 4. */
void percepnet_weighted_sum(float *y, int n, const float *weights, const float *const *x, int count);

#endif
