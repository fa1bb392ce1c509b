/* SPDX-License-Identifier: BSD-2-Clause */
#include "layers.h"

#include "activations.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"
#include "lanes.h"

enum { GROUPS = 8 }; /* of four rows, computed at a time in registers; and one more, as there are 34 bands */

/* The rows of some groups from `row` on, and the last four rows. */
static inline void dense_groups(float *y, const PercepNetDense *layer, const float *x, int row, const int groups)
{
    const int last = layer->rows - 4;
    const float *column = layer->weight, *bias = layer->bias;
    Lanes sum[GROUPS], sum_last = lanes_load(bias + last);
    for (int i = 0; i < groups; i++)
        sum[i] = lanes_load(bias + row + 4 * i);
    for (int j = 0; j < layer->columns; j++, column += layer->rows) {
        for (int i = 0; i < groups; i++)
            sum[i] += lanes_load(column + row + 4 * i) * x[j];
        sum_last += lanes_load(column + last) * x[j];
    }
    for (int i = 0; i < groups; i++)
        lanes_store(y + row + 4 * i, sum[i]);
    lanes_store(y + last, sum_last);
}

void percepnet_dense(float *y, const PercepNetDense *layer, const float *x)
{
    const int most = layer->rows - 4 * GROUPS; /* the last row at which GROUPS of them can begin */
    for (int row = 0; most >= 0 && row < layer->rows - 4; row += 4 * GROUPS)
        dense_groups(y, layer, x, row < most ? row : most, GROUPS);
    for (int row = 0; most < 0 && row < layer->rows - 4; row += 4)
        dense_groups(y, layer, x, row, 1);
}

void percepnet_int8_sums(int32_t *sum, const PercepNetInt8 *layer, const uint8_t *u)
{
    if (layer->blocks)
        percepnet_gemv_int8_sparse(sum, layer->weight, layer->blocks, u, layer->offset, layer->rows,
                                   layer->columns);
    else
        percepnet_gemv_int8(sum, layer->weight, u, layer->offset, layer->rows, layer->columns);
}

void percepnet_int8(float *y, const PercepNetInt8 *layer, const float *x)
{
    _Alignas(16) uint8_t u[PERCEPNET_MAX_INPUTS];
    _Alignas(16) int32_t sum[3 * PERCEPNET_MAX_WIDTH];
    percepnet_quantise(u, x, layer->columns);
    percepnet_int8_sums(sum, layer, u);
    percepnet_dequantise(y, sum, layer->scale, layer->bias, layer->rows);
}

void percepnet_gru(float *h, const PercepNetGru *gru, const float *x, const float *recurrent)
{
    float a[3 * PERCEPNET_MAX_WIDTH];
    percepnet_int8(a, &gru->input, x);
    percepnet_gates(h, a, recurrent, gru->recurrent.columns);
}
