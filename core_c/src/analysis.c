/* SPDX-License-Identifier: BSD-2-Clause
 * Analysis: windowed spectra of the newest window and, by the same transform, of the comb-filtered one.
 */
#include <string.h>

#include "fft.h"
#include "stages.h"
#include "tables.h"

void percepnet_analysis(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    const float *newest = s->history + PERCEPNET_HISTORY_SIZE - PERCEPNET_WINDOW_SIZE;
    memmove(s->Y[0], s->Y[1], PERCEPNET_LOOK_AHEAD * sizeof s->Y[0]);
    percepnet_rfft(s->Y[PERCEPNET_LOOK_AHEAD], newest, percepnet_analysis_window); /* which scales by 1/WINDOW_SIZE */
}

void percepnet_comb_spectrum(PercepNetState *st) { percepnet_rfft(st->s.P, st->s.p, percepnet_analysis_window); }
