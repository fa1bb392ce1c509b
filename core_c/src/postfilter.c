/* SPDX-License-Identifier: BSD-2-Clause
 * Envelope postfilter: deepens the valleys between formants and makes up the loudness, then the attenuation limit.
 */
#include "stages.h"
#include "vec_math.h"

/* g_w = g + s (g sin(pi/2 g) - g): the paper's warped gain at strength 1, g itself at 0. */
static Lanes warp(Lanes g, float strength) { return g + strength * (g * percepnet_sin_half_pi_lanes(g) - g); }

/* g_hat = max(G g_w, min_gain), G = sqrt((1 + beta) R / (1 + beta R^2)), R = E0 / E1: the frame's energies after g, g_w. */
void percepnet_postfilter(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    const float beta = PERCEPNET_POSTFILTER_BETA;
    float gw[PERCEPNET_NUM_BANDS], E0 = 0.0f, E1 = 0.0f;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b += 4) {
        const int start = lanes_start(b, PERCEPNET_NUM_BANDS);
        lanes_store(gw + start, warp(lanes_load(s->g + start), st->config.postfilter));
    }
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        E0 += s->g[b] * s->g[b] * s->Ey[0][b];
        E1 += gw[b] * gw[b] * s->Ey[0][b];
    }
    const float R = (E0 + PERCEPNET_ENERGY_FLOOR) / (E1 + PERCEPNET_ENERGY_FLOOR);
    const float G = percepnet_sqrt((1.0f + beta) * R / (1.0f + beta * (R * R)));
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++)
        s->g_hat[b] = percepnet_max(G * gw[b], st->min_gain);
}
