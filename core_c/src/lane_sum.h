/* SPDX-License-Identifier: BSD-2-Clause
 * Inner products whose order is part of the definition: four lanes, closed as (0 + 2) + (1 + 3).
 */
#ifndef PERCEPNET_LANE_SUM_H
#define PERCEPNET_LANE_SUM_H

/* sum_i a[i] b[i]; n is a multiple of 4. */
static inline float percepnet_inner_product(const float *a, const float *b, int n)
{
    float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int i = 0; i < n; i += 4)
        for (int l = 0; l < 4; l++)
            sum[l] += a[i + l] * b[i + l];
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

#endif
