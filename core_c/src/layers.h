/* SPDX-License-Identifier: BSD-2-Clause
 * Layers of the network. Weights point into the model file.
 */
#ifndef PERCEPNET_LAYERS_H
#define PERCEPNET_LAYERS_H

#include <stdint.h>

#include "constants.h"

#define PERCEPNET_MAX_INPUTS (5 * PERCEPNET_MAX_WIDTH)

typedef struct PercepNetDense { /* float32, column by column */
    int rows, columns;
    const float *weight, *bias;
} PercepNetDense;

typedef struct PercepNetInt8 { /* int8 in blocks; see gemv_int8.h and, where `blocks` is not NULL, gemv_int8_sparse.h */
    int rows, columns, num_weights; /* num_weights: as many as are stored */
    const int8_t *weight;
    const uint16_t *blocks;
    const float *scale, *bias;
    const int32_t *offset;
} PercepNetInt8;

typedef struct PercepNetGru { /* rows of both products in the order z, r, n */
    PercepNetInt8 input, recurrent;
} PercepNetGru;

/* y = W x + b, summed in the order of the inputs. At least five rows. */
void percepnet_dense(float *y, const PercepNetDense *layer, const float *x);

/* sum = W u + offset, as gemv_int8.h says. */
void percepnet_int8_sums(int32_t *sum, const PercepNetInt8 *layer, const uint8_t *u);

/* y = (W q) scale + b, q = round(63 x): an exact integer product. x in +-1. */
void percepnet_int8(float *y, const PercepNetInt8 *layer, const float *x);

/* h = n + z (h - n). recurrent: gru->recurrent of the old h, which needs nothing of the new frame. */
void percepnet_gru(float *h, const PercepNetGru *gru, const float *x, const float *recurrent);

#endif
