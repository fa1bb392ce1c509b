/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch refinement: the period at 48 kHz, and how well window l correlates with itself one period earlier.
 */
#include "lane_sum.h"
#include "stages.h"
#include "vec_math.h"

#define TRIED (2 * PERCEPNET_REFINE_REACH + 1)
#define TILE 4 /* products summed at a time; does not change any sum */

static int clamp_period(int T)
{
    if (T < PERCEPNET_PITCH_MIN_PERIOD)
        return PERCEPNET_PITCH_MIN_PERIOD;
    return T > PERCEPNET_PITCH_MAX_PERIOD ? PERCEPNET_PITCH_MAX_PERIOD : T;
}

/* <x(n), x(n-T)> and <x(n-T), x(n-T)> over a window for TILE periods T. Not inlined: as a part of a larger function V8
 * keeps fewer of the sums in registers. */
__attribute__((noinline)) static void correlate(float cross[TILE], float energy[TILE], const float *x,
                                                const int T[TILE])
{
    Lanes c[TILE] = {{0.0f}}, e[TILE] = {{0.0f}};
    const float *lagged[TILE] = {x - T[0], x - T[1], x - T[2], x - T[3]};
    for (int n = 0; n < PERCEPNET_WINDOW_SIZE; n += 4) {
        const Lanes now = lanes_load(x + n);
        for (int j = 0; j < TILE; j++) {
            const Lanes then = lanes_load(lagged[j] + n);
            c[j] += now * then;
            e[j] += then * then;
        }
    }
    for (int j = 0; j < TILE; j++) {
        cross[j] = percepnet_close_lanes(c[j]);
        energy[j] = percepnet_close_lanes(e[j]);
    }
}

void percepnet_pitch_refine(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    const float *x = s->history + PERCEPNET_COMB_PAST;
    const int centre = PERCEPNET_DECIMATION * (PERCEPNET_PITCH_MIN_LAG + s->lag);
    int T[2 * TILE];
    float cross[2 * TILE], energy[2 * TILE], best = 0.0f;
    _Static_assert(2 * TILE == TRIED + 1, "two tiles hold every period and, last, the window itself");
    for (int j = 0; j < TRIED; j++)
        T[j] = clamp_period(centre + j - PERCEPNET_REFINE_REACH);
    T[TRIED] = 0;
    correlate(cross, energy, x, T);
    correlate(cross + TILE, energy + TILE, x, T + TILE);
    for (int j = 0; j < TRIED; j++) {
        const float norm = (energy[TRIED] + energy[j]) + PERCEPNET_CORRELATION_FLOOR;
        const float correlation = 2.0f * cross[j] / norm;
        if (j == 0 || correlation > best) {
            best = correlation;
            s->period = T[j];
        }
    }
    s->correlation = percepnet_max(best, 0.0f);
}
