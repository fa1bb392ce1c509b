/* SPDX-License-Identifier: BSD-2-Clause
 * High-pass: makes the input finite, removes infrasound and appends the hop to the history.
 */
#include <string.h>

#include "stages.h"
#include "vec_math.h"

/* x with NaN, infinities and the faintest values as 0 and the rest within +-MAX_INPUT; *repaired counts what had to
 * change beyond that flush. */
static float repair(float x, int32_t *repaired)
{
    if (percepnet_abs(x) <= PERCEPNET_MAX_INPUT)
        return percepnet_flush(x);
    *repaired += 1;
    if (x - x != 0.0f) /* NaN or infinite */
        return 0.0f;
    return x > 0.0f ? PERCEPNET_MAX_INPUT : -PERCEPNET_MAX_INPUT;
}

static double flush(double x) { return (x < 0.0 ? -x : x) < (double)PERCEPNET_FLUSH_THRESHOLD ? 0.0 : x; }

/* y(n) = x(n) - 2 x(n-1) + x(n-2) - a1 y(n-1) - a2 y(n-2); transposed direct form II in double. */
static void biquad(double memory[2], float *y, const float *x)
{
    double m0 = memory[0], m1 = memory[1];
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++) {
        const double in = x[n], out = in + m0;
        m0 = (-2.0 * in - PERCEPNET_HIGH_PASS_A1 * out) + m1;
        m1 = in - PERCEPNET_HIGH_PASS_A2 * out;
        y[n] = percepnet_flush((float)out);
    }
    memory[0] = flush(m0);
    memory[1] = flush(m1);
}

void percepnet_high_pass(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float *dry = s->dry + PERCEPNET_LATENCY, *hop = s->history + PERCEPNET_HISTORY_SIZE - PERCEPNET_FRAME_SIZE;
    memmove(s->dry, s->dry + PERCEPNET_FRAME_SIZE, PERCEPNET_LATENCY * sizeof *s->dry);
    memmove(s->history, s->history + PERCEPNET_FRAME_SIZE,
            (PERCEPNET_HISTORY_SIZE - PERCEPNET_FRAME_SIZE) * sizeof *s->history);
    s->repaired = 0;
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++)
        dry[n] = repair(s->input[n], &s->repaired);
    biquad(s->high_pass_memory, hop, dry);
}
