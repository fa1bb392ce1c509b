/* SPDX-License-Identifier: BSD-2-Clause
 * Restoration: every band of Z is scaled to the energy the gains ask for.
 */
#include "erb_bands.h"
#include "stages.h"
#include "vec_math.h"

/* X = h Z with h = g_hat sqrt(Ey / Ez) per band, at most MAX_RESTORATION. */
void percepnet_restoration(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float Ez[PERCEPNET_NUM_BANDS], h[PERCEPNET_NUM_BANDS], gain[PERCEPNET_BAND_BINS];
    percepnet_energies(Ez, s->Z);
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        const float ratio = percepnet_sqrt(s->Ey[0][b] / (Ez[b] + PERCEPNET_ENERGY_FLOOR));
        h[b] = percepnet_min(s->g_hat[b] * ratio, PERCEPNET_MAX_RESTORATION);
    }
    percepnet_interpolate_bands(gain, h);
    for (int part = 0; part < 2; part++) {
        for (int k = 0; k < PERCEPNET_BAND_BINS; k++)
            s->X[part][k] = gain[k] * s->Z[part][k];
        for (int k = PERCEPNET_BAND_BINS; k < PERCEPNET_NUM_BINS; k++)
            s->X[part][k] = 0.0f;
    }
}
