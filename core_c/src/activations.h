/* SPDX-License-Identifier: BSD-2-Clause
 * What happens to each element between a layer's products, four elements at a time.
 */
#ifndef PERCEPNET_ACTIVATIONS_H
#define PERCEPNET_ACTIVATIONS_H

#include <stdint.h>

/* In place. n: at least 4. */
void percepnet_tanh_all(float *x, int n);
void percepnet_sigmoid_all(float *x, int n);

/* u = floor(63 x + 64.5), 1..127. x: in +-1; n: a multiple of 8. */
void percepnet_quantise(uint8_t *u, const float *x, int n);

/* y = sum scale + bias. n: a multiple of 4. */
void percepnet_dequantise(float *y, const int32_t *sum, const float *scale, const float *bias, int n);

/* h = n + z (h - n), where a and b hold what a GRU's input and its past give: z, r, n, each `units`, a multiple of 4. */
void percepnet_gates(float *h, const float *a, const float *b, int units);

#endif
