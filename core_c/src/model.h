/* SPDX-License-Identifier: BSD-2-Clause
 * A model file (spec/model_format.md), checked and taken apart; everything points into the caller's bytes.
 */
#ifndef PERCEPNET_MODEL_H
#define PERCEPNET_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "layers.h"
#include "percepnet.h"

typedef struct PercepNetModelReader { /* how far percepnet_model_advance has come */
    const unsigned char *blob;
    size_t size;
    size_t at;   /* in this phase: the next tensor, byte or product */
    size_t work; /* bytes gone through in this call */
    uint32_t crc, tensors;
    int phase;
    int ok; /* becomes 0 at the first thing that does not fit, and stays so */
} PercepNetModelReader;

struct PercepNetModel {
    int embedding, width, strength_width; /* E, W, R */
    PercepNetDense dense, gain, strength;
    PercepNetInt8 conv1, conv2;
    PercepNetGru gru1, gru2, gru3, gru_g, gru_r;
    PercepNetModelReader reader;
};

int percepnet_model_is_whole(const PercepNetModel *model);

/* Floats of network memory that a stream of this model needs; see nnet.c. */
size_t percepnet_nnet_memory_size(const PercepNetModel *model);

#endif
