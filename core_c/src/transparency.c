/* SPDX-License-Identifier: BSD-2-Clause
 * Transparency: bands in which hardly anything has been noise for seconds are let through as they are.
 */
#include <string.h>

#include "stages.h"
#include "vec_math.h"

static Lanes cubed(Lanes x) { return x * x * x; }

/* Slow means of Ey and of (1 - g)^6 Ey: gains near 1, where networks are least exact, say next to nothing about noise. */
static void update_means(PercepNetSignals *s)
{
    float energy[PERCEPNET_NUM_BANDS], noise[PERCEPNET_NUM_BANDS];
    s->frames_heard = percepnet_min(s->frames_heard + 1.0f, (float)PERCEPNET_TRANSPARENCY_FRAMES);
    const float weight = 1.0f / s->frames_heard, floor = PERCEPNET_ENERGY_FLOOR;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b += 4) {
        const int start = lanes_start(b, PERCEPNET_NUM_BANDS);
        const Lanes E = lanes_load(s->Ey[0] + start), power = cubed(1.0f - lanes_load(s->g + start));
        const Lanes mean_energy = lanes_load(s->mean_energy + start), mean_noise = lanes_load(s->mean_noise + start);
        lanes_store(energy + start, mean_energy + weight * (E + floor - mean_energy));
        lanes_store(noise + start, mean_noise + weight * (power * power * E + floor - mean_noise));
    }
    memcpy(s->mean_energy, energy, sizeof energy);
    memcpy(s->mean_noise, noise, sizeof noise);
}

/* log2 of the ratio of all bands together. */
static float whole_ratio(const PercepNetSignals *s)
{
    float energy = 0.0f, noise = 0.0f;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        energy += s->mean_energy[b];
        noise += s->mean_noise[b];
    }
    return percepnet_log2(energy / noise);
}

/* How far bands are open, 0..1: their own ratio and that of all bands count half each, in dB. Soft sounds of a clean
 * voice, which networks take for noise, stand in bands of their own. */
static Lanes opened_by(Lanes ratio, float whole)
{
    const Lanes snr_db = PERCEPNET_DB_PER_LOG2 / 2.0f * (percepnet_log2_lanes(ratio) + whole);
    return lanes_clamp((snr_db - PERCEPNET_TRANSPARENCY_SNR_DB) / PERCEPNET_TRANSPARENCY_RANGE_DB, 0.0f, 1.0f);
}

/* 1 - g becomes (1 - g)^9 and r becomes 0 as far as a band is open. */
void percepnet_transparency(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    update_means(s);
    const float whole = whole_ratio(s);
    float g[PERCEPNET_NUM_BANDS], r[PERCEPNET_NUM_BANDS];
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b += 4) {
        const int start = lanes_start(b, PERCEPNET_NUM_BANDS);
        const Lanes opened = opened_by(lanes_load(s->mean_energy + start) / lanes_load(s->mean_noise + start), whole);
        const Lanes gains = lanes_load(s->g + start), strengths = lanes_load(s->r + start), closed = 1.0f - gains;
        lanes_store(g + start, gains + opened * (closed - cubed(cubed(closed))));
        lanes_store(r + start, strengths - opened * strengths);
    }
    memcpy(s->g, g, sizeof g);
    memcpy(s->r, r, sizeof r);
}
