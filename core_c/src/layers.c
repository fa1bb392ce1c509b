/* SPDX-License-Identifier: BSD-2-Clause */
#include "layers.h"

#include "gemv_int8.h"
#include "gemv_int8_sparse.h"
#include "vec_math.h"

void percepnet_dense(float *y, const PercepNetDense *layer, const float *x)
{
    for (int i = 0; i < layer->rows; i++)
        y[i] = layer->bias[i];
    for (int j = 0; j < layer->columns; j++) {
        const float *column = layer->weight + j * layer->rows;
        for (int i = 0; i < layer->rows; i++)
            y[i] += column[i] * x[j];
    }
}

/* u = floor(63 x + 64.5), 1..127. */
static void quantise(uint8_t *u, const float *x, int n)
{
    for (int i = 0; i < n; i++) {
        const float scaled = x[i] * (float)PERCEPNET_ACTIVATION_SCALE;
        u[i] = (uint8_t)(int)(scaled + ((float)PERCEPNET_ACTIVATION_ZERO + 0.5f));
    }
}

void percepnet_int8(float *y, const PercepNetInt8 *layer, const float *x)
{
    _Alignas(16) uint8_t u[PERCEPNET_MAX_INPUTS];
    _Alignas(16) int32_t sum[3 * PERCEPNET_MAX_WIDTH];
    quantise(u, x, layer->columns);
    if (layer->blocks)
        percepnet_gemv_int8_sparse(sum, layer->weight, layer->blocks, u, layer->offset, layer->rows);
    else
        percepnet_gemv_int8(sum, layer->weight, u, layer->offset, layer->rows, layer->columns);
    for (int i = 0; i < layer->rows; i++)
        y[i] = (float)sum[i] * layer->scale[i] + layer->bias[i];
}

void percepnet_gru(float *h, const PercepNetGru *gru, const float *x, const float *recurrent)
{
    const int units = gru->recurrent.columns;
    const float *b = recurrent;
    float a[3 * PERCEPNET_MAX_WIDTH];
    percepnet_int8(a, &gru->input, x);
    for (int i = 0; i < units; i++) {
        const float z = percepnet_sigmoid(a[i] + b[i]);
        const float r = percepnet_sigmoid(a[units + i] + b[units + i]);
        const float n = percepnet_tanh(a[2 * units + i] + r * b[2 * units + i]);
        h[i] = percepnet_flush(n + z * (h[i] - n));
    }
}

void percepnet_tanh_all(float *x, int n)
{
    for (int i = 0; i < n; i++)
        x[i] = percepnet_tanh(x[i]);
}

void percepnet_sigmoid_all(float *x, int n)
{
    for (int i = 0; i < n; i++)
        x[i] = percepnet_sigmoid(x[i]);
}
