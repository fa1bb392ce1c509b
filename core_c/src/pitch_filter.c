/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch filter: noisy and comb-filtered spectrum mixed by the strength of each band.
 */
#include "erb_bands.h"
#include "stages.h"

/* Z(k) = Y(k) + r(k) (P(k) - Y(k)); 0 above the last band. */
void percepnet_pitch_filter(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float r[PERCEPNET_BAND_BINS];
    percepnet_interpolate_bands(r, s->r);
    for (int part = 0; part < 2; part++) {
        const float *Y = s->Y[0][part], *P = s->P[part];
        for (int k = 0; k < PERCEPNET_BAND_BINS; k++)
            s->Z[part][k] = Y[k] + r[k] * (P[k] - Y[k]);
        for (int k = PERCEPNET_BAND_BINS; k < PERCEPNET_NUM_BINS; k++)
            s->Z[part][k] = 0.0f;
    }
}
