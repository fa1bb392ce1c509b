/* SPDX-License-Identifier: BSD-2-Clause
 * Transparency: bands in which hardly anything has been noise for seconds are let through as they are.
 */
#include <string.h>

#include "stages.h"
#include "vec_math.h"

/* How far the bands are open, 0..1, by their mean energy over what was noise in it. */
static Lanes opened_by(Lanes energy, Lanes noise)
{
    const Lanes snr_db = PERCEPNET_DB_PER_LOG2 * percepnet_log2_lanes(energy / noise);
    return lanes_clamp((snr_db - PERCEPNET_TRANSPARENCY_SNR_DB) / PERCEPNET_TRANSPARENCY_RANGE_DB, 0.0f, 1.0f);
}

/* 1 - g becomes (1 - g)^3 and r becomes 0 as far as a band is open. The ratio is of two slow means, of Ey and of
 * (1 - g)^6 Ey: gains near 1, where networks are least exact, say next to nothing about noise. */
void percepnet_transparency(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float energy[PERCEPNET_NUM_BANDS], noise[PERCEPNET_NUM_BANDS], g[PERCEPNET_NUM_BANDS], r[PERCEPNET_NUM_BANDS];
    s->frames_heard = percepnet_min(s->frames_heard + 1.0f, (float)PERCEPNET_TRANSPARENCY_FRAMES);
    const float weight = 1.0f / s->frames_heard, floor = PERCEPNET_ENERGY_FLOOR;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b += 4) {
        const int start = lanes_start(b, PERCEPNET_NUM_BANDS);
        const Lanes E = lanes_load(s->Ey[0] + start), gains = lanes_load(s->g + start), strengths = lanes_load(s->r + start);
        const Lanes closed = 1.0f - gains, squared = closed * closed;
        Lanes mean_energy = lanes_load(s->mean_energy + start), mean_noise = lanes_load(s->mean_noise + start);
        mean_energy += weight * (E + floor - mean_energy);
        mean_noise += weight * (squared * squared * squared * E + floor - mean_noise);
        const Lanes opened = opened_by(mean_energy, mean_noise);
        lanes_store(energy + start, mean_energy);
        lanes_store(noise + start, mean_noise);
        lanes_store(g + start, gains + opened * (closed * (1.0f - squared)));
        lanes_store(r + start, strengths - opened * strengths);
    }
    memcpy(s->mean_energy, energy, sizeof energy);
    memcpy(s->mean_noise, noise, sizeof noise);
    memcpy(s->g, g, sizeof g);
    memcpy(s->r, r, sizeof r);
}
