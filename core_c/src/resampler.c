/* SPDX-License-Identifier: BSD-2-Clause
 * Brings sound to another rate by a windowed sinc whose zeros are those of the lower rate (spec/pipeline.md).
 *
 * With from / to = a / b in lowest terms, output j lies at input (j a - offset) / b - reach; the b fractions of that
 * have a row of coefficients each. Beyond RESAMPLER_PHASES of them, two neighbouring rows are interpolated.
 */
#include <string.h>

#include "constants.h"
#include "lane_sum.h"
#include "percepnet.h"
#include "vec_math.h"

enum { BLOCK = 256, STEPS = PERCEPNET_RESAMPLER_STEPS, MARGIN = PERCEPNET_RESAMPLER_MARGIN };

struct PercepNetResampler {
    int a, b, offset;
    int taps, phases;  /* 2 reach: a multiple of 4; rows without the last, which repeats the first one sample on */
    int at, fraction;  /* of the next output: where its window begins in the samples kept, and b times its fraction */
    int filled;        /* samples kept */
    int samples, size; /* where they begin in `memory`, and how many there is room for */
    float memory[];    /* |rows|samples| */
};

static void lowest_terms(int *a, int *b)
{
    int x = *a, y = *b;
    while (y) {
        const int rest = x % y;
        x = y;
        y = rest;
    }
    *a /= x;
    *b /= x;
}

static int is_rate(int rate) { return rate >= PERCEPNET_RESAMPLER_MIN_RATE && rate <= PERCEPNET_RESAMPLER_MAX_RATE; }

/* Half the window in input samples; even, so that the window is whole groups of four. */
int percepnet_resampler_get_reach(int from, int to)
{
    if (!is_rate(from) || !is_rate(to))
        return 0;
    if (from <= to)
        return PERCEPNET_RESAMPLER_REACH;
    return 2 * ((PERCEPNET_RESAMPLER_REACH * from + 2 * to - 1) / (2 * to));
}

static int phases_of(int b) { return b < PERCEPNET_RESAMPLER_PHASES ? b : PERCEPNET_RESAMPLER_PHASES; }

static int row_floats(int taps, int b) { return (phases_of(b) + 1) * taps; }

size_t percepnet_resampler_get_size(int from, int to)
{
    const int taps = 2 * percepnet_resampler_get_reach(from, to);
    if (!taps)
        return 0;
    lowest_terms(&from, &to);
    return sizeof(PercepNetResampler) + ((size_t)row_floats(taps, to) + taps + BLOCK) * sizeof(float);
}

/* The kernel at `steps` + `rest` steps of its table from the middle, by the cubic through four entries. */
static float kernel(int steps, float rest)
{
    const float *h = percepnet_resampler_kernel;
    if (steps >= PERCEPNET_RESAMPLER_REACH * STEPS)
        return 0.0f;
    const float before = h[steps ? steps - 1 : 1], here = h[steps], next = h[steps + 1], after = h[steps + 2];
    const float c1 = ((next - here * 0.5f) - before * PERCEPNET_ONE_THIRD) - after * PERCEPNET_ONE_SIXTH;
    const float c2 = (before + next) * 0.5f - here;
    const float c3 = (after - before) * PERCEPNET_ONE_SIXTH + (here - next) * 0.5f;
    return here + rest * (c1 + rest * (c2 + rest * c3));
}

/* Coefficient k of row p weighs the sample that lies k + 1 - reach - p / phases input samples after the output. */
static void make_rows(PercepNetResampler *r)
{
    const int narrow = r->a > r->b; /* the output's zeros lie further apart than the input's samples */
    const float gain = narrow ? (float)r->b / (float)r->a : 1.0f;
    const int64_t unit = (int64_t)r->phases * (narrow ? r->a : 1);
    float *row = r->memory;
    for (int p = 0; p <= r->phases; p++, row += r->taps)
        for (int k = 0; k < r->taps; k++) {
            const int64_t distance = (int64_t)(k + 1 - r->taps / 2) * r->phases - p;
            const int64_t steps = (distance < 0 ? -distance : distance) * STEPS * (narrow ? r->b : 1);
            row[k] = gain * kernel((int)(steps / unit), (float)(steps % unit) / (float)unit);
        }
}

/* Output 0 lies `offset` before input 0, which will follow the zeros. */
void percepnet_resampler_reset(PercepNetResampler *r)
{
    r->filled = r->taps + MARGIN - 1;
    memset(r->memory + r->samples, 0, r->filled * sizeof(float));
    const int whole = (r->offset + r->b - 1) / r->b;
    r->at = MARGIN - whole;
    r->fraction = whole * r->b - r->offset;
}

int percepnet_resampler_init(PercepNetResampler *r, int from, int to, int offset)
{
    const int taps = 2 * percepnet_resampler_get_reach(from, to);
    if (!r || (uintptr_t)r % 16 || !taps)
        return PERCEPNET_BAD_ARG;
    lowest_terms(&from, &to);
    if (offset < 0 || offset >= MARGIN * to)
        return PERCEPNET_BAD_ARG;
    *r = (PercepNetResampler){.a = from, .b = to, .offset = offset, .taps = taps, .phases = phases_of(to)};
    r->samples = row_floats(taps, to);
    r->size = taps + BLOCK;
    make_rows(r);
    percepnet_resampler_reset(r);
    return PERCEPNET_OK;
}

static float next_output(const PercepNetResampler *r)
{
    const float *x = r->memory + r->samples + r->at;
    const int64_t position = (int64_t)r->fraction * r->phases;
    const float *row = r->memory + (position / r->b) * r->taps;
    const float y = percepnet_inner_product(row, x, r->taps);
    const int rest = (int)(position % r->b);
    if (!rest)
        return percepnet_flush(y);
    const float next = percepnet_inner_product(row + r->taps, x, r->taps);
    return percepnet_flush(y + (float)rest / (float)r->b * (next - y));
}

/* Takes up to as many samples as there is room for; returns how many. */
static int take(PercepNetResampler *r, const float *in, int n)
{
    float *x = r->memory + r->samples;
    const int used = r->at < r->filled ? r->at : r->filled;
    memmove(x, x + used, (r->filled - used) * sizeof *x);
    r->filled -= used;
    r->at -= used;
    const int count = n < r->size - r->filled ? n : r->size - r->filled;
    for (int i = 0; i < count; i++)
        x[r->filled + i] = percepnet_flush(in[i]);
    r->filled += count;
    return count;
}

int percepnet_resampler_process(PercepNetResampler *r, float *out, int room, const float *in, int n)
{
    for (int made = 0;;) {
        while (made < room && r->at + r->taps <= r->filled) {
            out[made++] = next_output(r);
            r->fraction += r->a;
            r->at += r->fraction / r->b;
            r->fraction %= r->b;
        }
        if (n == 0)
            return made;
        const int taken = take(r, in, n);
        if (taken == 0)
            return PERCEPNET_BAD_ARG;
        in += taken;
        n -= taken;
    }
}
