/* SPDX-License-Identifier: BSD-2-Clause
 * High-pass: makes the input finite, removes offsets and drifts and appends the hop to the history.
 */
#include <string.h>

#include "lanes.h"
#include "stages.h"

/* x with NaN, infinities and the faintest values as 0 and the rest within +-MAX_INPUT; *repaired counts what had to
 * change beyond that flush. */
static void repair(float y[PERCEPNET_FRAME_SIZE], int32_t *repaired, const float x[PERCEPNET_FRAME_SIZE])
{
    IntLanes good = {0};
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n += 4) {
        const Lanes in = lanes_load(x + n), limit = lanes_all(PERCEPNET_MAX_INPUT);
        const IntLanes is_good = lanes_abs(in) <= limit, is_finite = in - in == 0.0f;
        const Lanes clamped = lanes_select(in > 0.0f, limit, -limit);
        const Lanes replaced = (Lanes)((IntLanes)clamped & is_finite);
        lanes_store(y + n, lanes_select(is_good, lanes_flush(in, PERCEPNET_FLUSH_THRESHOLD), replaced));
        good -= is_good;
    }
    *repaired = PERCEPNET_FRAME_SIZE - (good[0] + good[1] + good[2] + good[3]);
}

static double flush(double x) { return (x < 0.0 ? -x : x) < (double)PERCEPNET_FLUSH_THRESHOLD ? 0.0 : x; }

/* y(n) = x(n) - 2 x(n-1) + x(n-2) - a1 y(n-1) - a2 y(n-2); transposed direct form II in double. */
static void biquad(double memory[2], float *y, const float *x, int count)
{
    double m0 = memory[0], m1 = memory[1];
    for (int n = 0; n < count; n++) {
        const double in = x[n], out = in + m0;
        m0 = (-2.0 * in - PERCEPNET_HIGH_PASS_A1 * out) + m1;
        m1 = in - PERCEPNET_HIGH_PASS_A2 * out;
        y[n] = (float)out;
    }
    memory[0] = m0;
    memory[1] = m1;
}

/* Makes room for the newest hop, and the input finite. */
static void take_input(PercepNetSignals *s)
{
    memmove(s->dry, s->dry + PERCEPNET_FRAME_SIZE, PERCEPNET_LATENCY * sizeof *s->dry);
    memmove(s->history, s->history + PERCEPNET_FRAME_SIZE,
            (PERCEPNET_HISTORY_SIZE - PERCEPNET_FRAME_SIZE) * sizeof *s->history);
    repair(s->dry + PERCEPNET_LATENCY, &s->repaired, s->input);
}

static void flush_faintest(PercepNetSignals *s, float hop[PERCEPNET_FRAME_SIZE])
{
    for (int i = 0; i < 2; i++)
        s->high_pass_memory[i] = flush(s->high_pass_memory[i]);
    for (int n = 0; n < PERCEPNET_FRAME_SIZE; n += 4)
        lanes_store(hop + n, lanes_flush(lanes_load(hop + n), PERCEPNET_FLUSH_THRESHOLD));
}

void percepnet_high_pass_part(PercepNetState *st, int part)
{
    enum { PARTS = PERCEPNET_HIGH_PASS_PARTS, COUNT = PERCEPNET_FRAME_SIZE / PARTS };
    _Static_assert(COUNT * PARTS == PERCEPNET_FRAME_SIZE, "equal parts");
    PercepNetSignals *s = &st->s;
    float *dry = s->dry + PERCEPNET_LATENCY, *hop = s->history + PERCEPNET_HISTORY_SIZE - PERCEPNET_FRAME_SIZE;
    if (part == 0)
        take_input(s);
    biquad(s->high_pass_memory, hop + part * COUNT, dry + part * COUNT, COUNT);
    if (part == PARTS - 1)
        flush_faintest(s, hop);
}

void percepnet_high_pass(PercepNetState *st)
{
    for (int part = 0; part < PERCEPNET_HIGH_PASS_PARTS; part++)
        percepnet_high_pass_part(st, part);
}
