/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch correlation: how well the residual repeats at each lag, with guards against octave errors.
 */
#include <string.h>

#include "lanes.h"
#include "stages.h"
#include "vec_math.h"

#define HOP PERCEPNET_HOP_16KHZ
#define RAW PERCEPNET_NUM_RAW_LAGS
#define LAGS PERCEPNET_NUM_LAGS
#define REACH PERCEPNET_INTERPOLATION_REACH
#define TILE 8 /* lags summed at a time; does not change any sum */

/* Over the newest hop, for every raw lag T: <e(n), e(n-T)> and <e(n-T), e(n-T)>. */
static void half_sums(float correlation[RAW], float energy[RAW], const float residual[PERCEPNET_RESIDUAL_SIZE])
{
    const float *e = residual + PERCEPNET_RESIDUAL_SIZE - HOP;
    const int max_lag = PERCEPNET_PITCH_MAX_LAG + REACH;
    for (int first = 0; first < RAW; first += TILE) {
        Lanes c[2] = {{0.0f}, {0.0f}}, p[2] = {{0.0f}, {0.0f}};
        const float *lagged = e - max_lag + first;
        for (int n = 0; n < HOP; n++) {
            const Lanes low = lanes_load(lagged + n), high = lanes_load(lagged + n + 4);
            c[0] += e[n] * low;
            c[1] += e[n] * high;
            p[0] += low * low;
            p[1] += high * high;
        }
        for (int l = 0; l < TILE && first + l < RAW; l++) {
            correlation[RAW - 1 - first - l] = c[l / 4][l % 4];
            energy[RAW - 1 - first - l] = p[l / 4][l % 4];
        }
    }
}

/* The largest of the correlation at each lag and a third of a lag to either side. */
static void interpolate_lags(float xc[LAGS], const float raw[RAW])
{
    for (int t = 0; t < LAGS; t++) {
        float before = 0.0f, after = 0.0f;
        for (int i = 0; i <= 2 * REACH; i++) {
            before += percepnet_interpolation_kernel[i] * raw[t + i];
            after += percepnet_interpolation_kernel[2 * REACH - i] * raw[t + i];
        }
        xc[t] = percepnet_max(percepnet_max(raw[t + REACH], before), after);
    }
}

/* Does the lag at a half or a third of lag t correlate about as well or better? */
static int is_suspect(const float xc[LAGS], int t, int divisor)
{
    const int c = (t + PERCEPNET_PITCH_MIN_LAG) / divisor - PERCEPNET_PITCH_MIN_LAG;
    if (c < 1)
        return 0;
    return xc[t] < PERCEPNET_OCTAVE_RATIO * percepnet_max(percepnet_max(xc[c - 1], xc[c]), xc[c + 1]);
}

/* Suspect lags are multiplied by OCTAVE_PENALTY. From the longest down, so that every test sees unmodified values. */
static void guard_octaves(float xc[LAGS])
{
    for (int t = LAGS - 1; t >= 0; t--)
        if (is_suspect(xc, t, 2) || is_suspect(xc, t, 3))
            xc[t] = PERCEPNET_OCTAVE_PENALTY * xc[t];
}

void percepnet_pitch_correlation(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float correlation[RAW], energy[RAW], raw[RAW], power = 0.0f;
    const float *e = s->residual + PERCEPNET_RESIDUAL_SIZE - HOP;
    half_sums(correlation, energy, s->residual);
    for (int n = 0; n < HOP; n++)
        power += e[n] * e[n];

    const float E = s->half_power + power;
    for (int t = 0; t < RAW; t++) {
        const float norm = (E + (s->half_energy[t] + energy[t])) + PERCEPNET_CORRELATION_FLOOR;
        raw[t] = 2.0f * (s->half_correlation[t] + correlation[t]) / norm;
    }
    memcpy(s->half_correlation, correlation, sizeof correlation);
    memcpy(s->half_energy, energy, sizeof energy);
    s->half_power = power;

    interpolate_lags(s->xc, raw);
    guard_octaves(s->xc);
    for (int t = 0; t < LAGS; t++)
        s->xc[t] = s->xc[t] * percepnet_lag_bias[t];
    s->mean_power = percepnet_flush(s->mean_power + PERCEPNET_ENERGY_RATE * (E - s->mean_power));
    s->path_weight = percepnet_clamp(percepnet_sqrt(E / (s->mean_power + PERCEPNET_CORRELATION_FLOOR)),
                                     PERCEPNET_WEIGHT_MIN, PERCEPNET_WEIGHT_MAX);
}
