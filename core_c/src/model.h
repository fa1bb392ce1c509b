/* SPDX-License-Identifier: BSD-2-Clause
 * A model file (spec/model_format.md), checked and taken apart; everything points into the caller's bytes.
 */
#ifndef PERCEPNET_MODEL_H
#define PERCEPNET_MODEL_H

#include <stddef.h>

#include "layers.h"
#include "percepnet.h"

struct PercepNetModel {
    int embedding, width, strength_width; /* E, W, R */
    PercepNetDense dense, gain, strength;
    PercepNetInt8 conv1, conv2;
    PercepNetGru gru1, gru2, gru3, gru_g, gru_r;
};

/* Floats of network memory that a stream of this model needs; see nnet.c. */
size_t percepnet_nnet_memory_size(const PercepNetModel *model);

#endif
