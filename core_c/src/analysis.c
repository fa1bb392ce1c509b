/* SPDX-License-Identifier: BSD-2-Clause
 * Analysis: windowed spectra of the newest window and, by the same transform, of the comb-filtered one.
 */
#include <string.h>

#include "fft.h"
#include "stages.h"
#include "tables.h"

/* Spectrum of a window, scaled by 1/WINDOW_SIZE. */
static void spectrum(float X[2][PERCEPNET_NUM_BINS], const float *x)
{
    float windowed[PERCEPNET_WINDOW_SIZE];
    for (int n = 0; n < PERCEPNET_WINDOW_SIZE; n++)
        windowed[n] = x[n] * percepnet_analysis_window[n];
    percepnet_rfft(X, windowed);
}

void percepnet_analysis(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    memmove(s->Y[0], s->Y[1], PERCEPNET_LOOK_AHEAD * sizeof s->Y[0]);
    spectrum(s->Y[PERCEPNET_LOOK_AHEAD], s->history + PERCEPNET_HISTORY_SIZE - PERCEPNET_WINDOW_SIZE);
}

void percepnet_comb_spectrum(PercepNetState *st) { spectrum(st->s.P, st->s.p); }
