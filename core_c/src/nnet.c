/* SPDX-License-Identifier: BSD-2-Clause
 * The network: dense, two convolutions over time, four GRUs for the gains, one for the strengths.
 */
#include <string.h>

#include "stages.h"

/* st->nnet_memory: |conv1's inputs, oldest first|conv2's inputs|c2|h1|h2|h3|hg|hr|. c2 is not memory, but it stands
 * beside the states so that both concatenations the network needs are already in place. */
size_t percepnet_nnet_memory_size(const PercepNetModel *m)
{
    return (size_t)(PERCEPNET_CONV1_TAPS * m->embedding + PERCEPNET_CONV2_TAPS * m->width + 5 * m->width +
                    m->strength_width);
}

/* A causal convolution over time: drops the oldest input, lets `write` have the place of the newest. */
static float *shift(float *inputs, int taps, int size)
{
    memmove(inputs, inputs + size, (size_t)((taps - 1) * size) * sizeof *inputs);
    return inputs + (taps - 1) * size;
}

void percepnet_nnet(PercepNetState *st)
{
    const PercepNetModel *m = st->model;
    const int E = m->embedding, W = m->width;
    float *in1 = st->nnet_memory, *in2 = in1 + PERCEPNET_CONV1_TAPS * E, *c2 = in2 + PERCEPNET_CONV2_TAPS * W;
    float *h1 = c2 + W, *h2 = h1 + W, *h3 = h2 + W, *hg = h3 + W, *hr = hg + W;

    float *x = shift(in1, PERCEPNET_CONV1_TAPS, E);
    percepnet_dense(x, &m->dense, st->s.features);
    percepnet_tanh_all(x, E);

    float *c1 = shift(in2, PERCEPNET_CONV2_TAPS, W);
    percepnet_int8(c1, &m->conv1, in1);
    percepnet_tanh_all(c1, W);
    percepnet_int8(c2, &m->conv2, in2);
    percepnet_tanh_all(c2, W);

    percepnet_gru(h1, &m->gru1, c2);
    percepnet_gru(h2, &m->gru2, h1);
    percepnet_gru(h3, &m->gru3, h2);
    percepnet_gru(hg, &m->gru_g, h3);

    float both[2 * PERCEPNET_MAX_WIDTH];
    memcpy(both, h3, (size_t)W * sizeof *both);
    memcpy(both + W, c2, (size_t)W * sizeof *both);
    percepnet_gru(hr, &m->gru_r, both);

    percepnet_dense(st->s.g, &m->gain, c2); /* c2, h1, h2, h3, hg */
    percepnet_sigmoid_all(st->s.g, PERCEPNET_NUM_BANDS);
    percepnet_dense(st->s.r, &m->strength, hr);
    percepnet_sigmoid_all(st->s.r, PERCEPNET_NUM_BANDS);
}
