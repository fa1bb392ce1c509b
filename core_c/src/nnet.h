/* SPDX-License-Identifier: BSD-2-Clause
 * The network in steps. They run in order, each once a frame; together they are the stage `nnet`.
 */
#ifndef PERCEPNET_NNET_H
#define PERCEPNET_NNET_H

#include "state.h"

#define PERCEPNET_NNET_EARLY_STEPS 5 /* need only what the frames before have left */
#define PERCEPNET_NNET_STEPS 14

/* What one costs beside the product of an int8 weight: an int8 layer before its first weight, a float weight, a tanh or
 * sigmoid. */
#define PERCEPNET_LAYER_COST 3000
#define PERCEPNET_FLOAT_COST 3.5f
#define PERCEPNET_TANH_COST 30

void percepnet_nnet_step(PercepNetState *st, int step);

/* About how long a step takes, in products of int8 weights. */
int percepnet_nnet_cost(const PercepNetModel *model, int step);

/* Floats behind a stream's network memory that keep what a frame under way needs from step to step. */
size_t percepnet_nnet_scratch_size(const PercepNetModel *model);

#endif
