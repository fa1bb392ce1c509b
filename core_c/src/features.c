/* SPDX-License-Identifier: BSD-2-Clause
 * Features: what the network sees of the newest window's bands and of window l's pitch.
 */
#include "stages.h"
#include "vec_math.h"

static Lanes log10_level(Lanes E) { return PERCEPNET_LOG10_PER_LOG2 * percepnet_log2_lanes(PERCEPNET_LEVEL_FLOOR + E); }

/* log10 of band energies; no band counts as more than 70 dB below the loudest under it, or 15 dB below the last. */
static void levels(float L[PERCEPNET_NUM_BANDS], const float E[PERCEPNET_NUM_BANDS])
{
    float loudest = log10_level(lanes_all(0.0f))[0], follow = loudest;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b += 4) {
        const int start = lanes_start(b, PERCEPNET_NUM_BANDS);
        lanes_store(L + start, log10_level(lanes_load(E + start)));
    }
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        L[b] = percepnet_max(percepnet_max(loudest - PERCEPNET_LEVEL_RANGE, follow - PERCEPNET_LEVEL_FALL), L[b]);
        loudest = percepnet_max(loudest, L[b]);
        follow = L[b];
    }
}

void percepnet_features(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float L[PERCEPNET_NUM_BANDS];
    levels(L, s->Ey[PERCEPNET_LOOK_AHEAD]);
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        s->features[b] = PERCEPNET_LEVEL_SCALE * (L[b] + PERCEPNET_LEVEL_OFFSET);
        s->features[PERCEPNET_NUM_BANDS + b] = percepnet_clamp(s->q[b], PERCEPNET_COHERENCE_MIN, 1.0f);
    }
    const float octaves = percepnet_log2((float)s->period / (float)PERCEPNET_PITCH_MIN_PERIOD);
    s->features[2 * PERCEPNET_NUM_BANDS] = PERCEPNET_PERIOD_SCALE * octaves;
    s->features[2 * PERCEPNET_NUM_BANDS + 1] = s->correlation;
}
