/* SPDX-License-Identifier: BSD-2-Clause
 * Bypass: the untouched input at the same latency; a change cross-fades over one frame.
 */
#include "stages.h"
#include "vec_math.h"

/* output = wet + m(n) (dry - wet), m going linearly from bypass_mix to what the configuration asks for. */
void percepnet_bypass(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    const float from = s->bypass_mix, to = st->config.bypass, size = (float)PERCEPNET_FRAME_SIZE;
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++) {
        const float wet = s->wet[n], dry = s->dry[n];
        float out = from == 0.0f ? wet : dry;
        if (from != to || (from > 0.0f && from < 1.0f)) {
            const float mix = from == to ? from : from + (to - from) * ((float)(n + 1) / size);
            out = wet + mix * (dry - wet);
        }
        s->output[n] = percepnet_flush(out);
    }
    s->bypass_mix = to;
}
