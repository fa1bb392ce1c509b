/* SPDX-License-Identifier: BSD-2-Clause
 * Comb filter: window l averaged with its own copies, one pitch period apart.
 */
#include "lane_sum.h"
#include "stages.h"
#include "tables.h"

/* p(n) = sum_k w(k) y(n - k T), k = -COMB_ORDER..COMB_ORDER; future periods that do not exist yet weigh 0.
 *
 * history: |<-- COMB_PAST -->|<-- WINDOW_SIZE -->|<-- COMB_FUTURE -->|
 *                             ^ n = 0
 */
void percepnet_comb_filter(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    const int T = s->period, order = PERCEPNET_COMB_ORDER;
    const int future = PERCEPNET_COMB_FUTURE / T < order ? PERCEPNET_COMB_FUTURE / T : order;
    const float *y[2 * PERCEPNET_COMB_ORDER + 1];
    for (int k = -future; k <= order; k++)
        y[k + future] = s->history + PERCEPNET_COMB_PAST - k * T;
    const float *weights = percepnet_comb_weights[future - 1] + order - future;
    percepnet_weighted_sum(s->p, PERCEPNET_WINDOW_SIZE, weights, y, future + order + 1);
}
