/* SPDX-License-Identifier: BSD-2-Clause
 * Synthesis: inverse FFT, window, overlap-add.
 */
#include "fft.h"
#include "lanes.h"
#include "stages.h"
#include "tables.h"

void percepnet_synthesis(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float x[PERCEPNET_WINDOW_SIZE];
    percepnet_irfft(x, (const float(*)[PERCEPNET_NUM_BINS])s->X, percepnet_synthesis_window);
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n += 4) {
        const Lanes wet = lanes_load(s->overlap + n) + lanes_load(x + n);
        const Lanes rest = lanes_load(x + PERCEPNET_FRAME_SIZE + n);
        lanes_store(s->wet + n, lanes_flush(wet, PERCEPNET_FLUSH_THRESHOLD));
        lanes_store(s->overlap + n, lanes_flush(rest, PERCEPNET_FLUSH_THRESHOLD));
    }
}
