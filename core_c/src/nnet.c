/* SPDX-License-Identifier: BSD-2-Clause
 * The network: dense, two convolutions over time, four GRUs for the gains, one for the strengths.
 */
#include "nnet.h"

#include <string.h>

#include "activations.h"
#include "stages.h"

/* It runs step by step, so that a frame's work can be spread; the GRUs' products with their own past come first, as
 * they need no new frame. */
enum { GRUS = 5, GRU_R = 4 };
enum { DENSE = PERCEPNET_NNET_EARLY_STEPS, CONV1, CONV2, FIRST_GRU, OUTPUTS = FIRST_GRU + GRUS };
_Static_assert(PERCEPNET_NNET_EARLY_STEPS == GRUS && PERCEPNET_NNET_STEPS == OUTPUTS + 1, "see nnet.h");

/* st->nnet_memory: |conv1's inputs, oldest first|conv2's inputs|c2|h1|h2|h3|hg|hr|. c2 is not memory, but it stands
 * beside the states so that both concatenations the network needs are already in place. Behind it, what only a frame
 * under way needs: the GRUs' recurrent products. */
size_t percepnet_nnet_memory_size(const PercepNetModel *m)
{
    return (size_t)(PERCEPNET_CONV1_TAPS * m->embedding + PERCEPNET_CONV2_TAPS * m->width + 5 * m->width +
                    m->strength_width);
}

size_t percepnet_nnet_scratch_size(const PercepNetModel *m) { return (size_t)(3 * (4 * m->width + m->strength_width)); }

static const PercepNetGru *gru_of(const PercepNetModel *m, int gru)
{
    const PercepNetGru *const grus[GRUS] = {&m->gru1, &m->gru2, &m->gru3, &m->gru_g, &m->gru_r};
    return grus[gru];
}

/* A causal convolution over time: drops the oldest input, lets `write` have the place of the newest. */
static float *shift(float *inputs, int taps, int size)
{
    memmove(inputs, inputs + size, (size_t)((taps - 1) * size) * sizeof *inputs);
    return inputs + (taps - 1) * size;
}

/* GRU r's input: h3, c2. */
static const float *concatenated(float both[2 * PERCEPNET_MAX_WIDTH], const float *c2, int W)
{
    memcpy(both, c2 + 3 * W, (size_t)W * sizeof *both);
    memcpy(both + W, c2, (size_t)W * sizeof *both);
    return both;
}

void percepnet_nnet_step(PercepNetState *st, int step)
{
    const PercepNetModel *m = st->model;
    const int E = m->embedding, W = m->width, gru = step < DENSE ? step : step - FIRST_GRU;
    float *in1 = st->nnet_memory, *in2 = in1 + PERCEPNET_CONV1_TAPS * E, *c2 = in2 + PERCEPNET_CONV2_TAPS * W;
    float *h = c2 + (1 + gru) * W, *recurrent = c2 + 5 * W + m->strength_width + 3 * gru * W;
    float both[2 * PERCEPNET_MAX_WIDTH];

    if (step < DENSE) {
        percepnet_int8(recurrent, &gru_of(m, gru)->recurrent, h);
    } else if (step == DENSE) {
        float *x = shift(in1, PERCEPNET_CONV1_TAPS, E);
        percepnet_dense(x, &m->dense, st->s.features);
        percepnet_tanh_all(x, E);
    } else if (step == CONV1) {
        float *c1 = shift(in2, PERCEPNET_CONV2_TAPS, W);
        percepnet_int8(c1, &m->conv1, in1);
        percepnet_tanh_all(c1, W);
    } else if (step == CONV2) {
        percepnet_int8(c2, &m->conv2, in2);
        percepnet_tanh_all(c2, W);
    } else if (step < OUTPUTS) {
        const float *x = gru == GRU_R ? concatenated(both, c2, W) : h - W; /* what the GRU before says */
        percepnet_gru(h, gru_of(m, gru), x, recurrent);
    } else {
        percepnet_dense(st->s.g, &m->gain, c2); /* c2, h1, h2, h3, hg */
        percepnet_sigmoid_all(st->s.g, PERCEPNET_NUM_BANDS);
        percepnet_dense(st->s.r, &m->strength, c2 + 5 * W); /* hr */
        percepnet_sigmoid_all(st->s.r, PERCEPNET_NUM_BANDS);
    }
}

static int dense_cost(const PercepNetDense *layer)
{
    return (int)(PERCEPNET_FLOAT_COST * (float)(layer->rows * layer->columns));
}
static int int8_cost(const PercepNetInt8 *layer) { return PERCEPNET_LAYER_COST + layer->num_weights; }

int percepnet_nnet_cost(const PercepNetModel *m, int step)
{
    switch (step) {
    case DENSE: return dense_cost(&m->dense) + PERCEPNET_TANH_COST * m->embedding;
    case CONV1: return int8_cost(&m->conv1) + PERCEPNET_TANH_COST * m->width;
    case CONV2: return int8_cost(&m->conv2) + PERCEPNET_TANH_COST * m->width;
    case OUTPUTS: return dense_cost(&m->gain) + dense_cost(&m->strength) + PERCEPNET_TANH_COST * 2 * PERCEPNET_NUM_BANDS;
    default: break;
    }
    if (step < DENSE)
        return int8_cost(&gru_of(m, step)->recurrent);
    const PercepNetGru *gru = gru_of(m, step - FIRST_GRU);
    return int8_cost(&gru->input) + 3 * PERCEPNET_TANH_COST * gru->recurrent.columns;
}

void percepnet_nnet(PercepNetState *st)
{
    for (int step = 0; step < PERCEPNET_NNET_STEPS; step++)
        percepnet_nnet_step(st, step);
}
