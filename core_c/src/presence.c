/* SPDX-License-Identifier: BSD-2-Clause
 * Presence: voice probability and signal-to-noise ratio, derived from the gains (neither is a trained output).
 */
#include "stages.h"
#include "vec_math.h"

void percepnet_presence(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float opening = 0.0f, total = 0.0f, signal = 0.0f, noise = 0.0f;
    for (int b = 0; b < PERCEPNET_PRESENCE_COUNT; b++)
        opening += s->g[PERCEPNET_PRESENCE_FIRST + b];
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        const float kept = s->g[b] * s->g[b], E = s->Ey[0][b];
        total += E;
        signal += kept * E;
        noise += (1.0f - kept) * E;
    }
    opening = opening / (float)PERCEPNET_PRESENCE_COUNT;
    const float voice = percepnet_clamp((opening - PERCEPNET_PRESENCE_MIN) * PERCEPNET_PRESENCE_SLOPE, 0.0f, 1.0f);
    s->voice = total >= PERCEPNET_PRESENCE_ENERGY ? voice : 0.0f;
    const float ratio = (signal + PERCEPNET_ENERGY_FLOOR) / (noise + PERCEPNET_ENERGY_FLOOR);
    s->snr_db = percepnet_clamp(PERCEPNET_DB_PER_LOG2 * percepnet_log2(ratio), -PERCEPNET_SNR_LIMIT_DB, PERCEPNET_SNR_LIMIT_DB);
}
