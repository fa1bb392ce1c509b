/* SPDX-License-Identifier: BSD-2-Clause
 * Synthesis: inverse FFT, window, overlap-add.
 */
#include "fft.h"
#include "stages.h"
#include "vec_math.h"

void percepnet_synthesis(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float x[PERCEPNET_WINDOW_SIZE];
    percepnet_irfft(x, (const float(*)[PERCEPNET_NUM_BINS])s->X);
    for (int n = 0; n < PERCEPNET_WINDOW_SIZE; n++)
        x[n] = x[n] * percepnet_synthesis_window[n];
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++) {
        s->wet[n] = percepnet_flush(s->overlap[n] + x[n]);
        s->overlap[n] = percepnet_flush(x[PERCEPNET_FRAME_SIZE + n]);
    }
}
