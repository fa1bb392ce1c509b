/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch refinement: the period at 48 kHz, and how well window l correlates with itself one period earlier.
 */
#include "lane_sum.h"
#include "stages.h"
#include "vec_math.h"

static int clamp_period(int T)
{
    if (T < PERCEPNET_PITCH_MIN_PERIOD)
        return PERCEPNET_PITCH_MIN_PERIOD;
    return T > PERCEPNET_PITCH_MAX_PERIOD ? PERCEPNET_PITCH_MAX_PERIOD : T;
}

void percepnet_pitch_refine(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    const float *x = s->history + PERCEPNET_COMB_PAST;
    const int n = PERCEPNET_WINDOW_SIZE, centre = PERCEPNET_DECIMATION * (PERCEPNET_PITCH_MIN_LAG + s->lag);
    const float energy = percepnet_inner_product(x, x, n);
    float best = 0.0f;
    for (int j = -PERCEPNET_REFINE_REACH; j <= PERCEPNET_REFINE_REACH; j++) {
        const int T = clamp_period(centre + j);
        const float *lagged = x - T;
        const float norm = (energy + percepnet_inner_product(lagged, lagged, n)) + PERCEPNET_CORRELATION_FLOOR;
        const float correlation = 2.0f * percepnet_inner_product(x, lagged, n) / norm;
        if (j == -PERCEPNET_REFINE_REACH || correlation > best) {
            best = correlation;
            s->period = T;
        }
    }
    s->correlation = percepnet_max(best, 0.0f);
}
