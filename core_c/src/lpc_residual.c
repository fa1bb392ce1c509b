/* SPDX-License-Identifier: BSD-2-Clause
 * LPC residual: the newest hop at 16 kHz, pre-emphasised and whitened by linear prediction.
 */
#include <string.h>

#include "lane_sum.h"
#include "stages.h"
#include "vec_math.h"

#define ORDER PERCEPNET_LPC_ORDER
#define WINDOW PERCEPNET_WINDOW_16KHZ
#define HOP PERCEPNET_HOP_16KHZ

/* The newest WINDOW samples at 16 kHz, low-passed and pre-emphasised by one FIR filter. */
static void decimate(float x[WINDOW], const float history[PERCEPNET_HISTORY_SIZE])
{
    const float *newest = history + PERCEPNET_HISTORY_SIZE - PERCEPNET_WINDOW_SIZE + PERCEPNET_DECIMATION - 1;
    for (int j = 0; j < WINDOW; j++)
        x[j] = 0.0f;
    for (int k = 0; k < PERCEPNET_DECIMATION_TAPS; k++)
        for (int j = 0; j < WINDOW; j++)
            x[j] += percepnet_decimation_filter[k] * newest[PERCEPNET_DECIMATION * j - k];
}

/* r(i) = sum_n x(n) x(n - i), i = 0..ORDER, of the windowed signal. */
static void autocorrelation(float r[ORDER + 1], const float x[WINDOW])
{
    float padded[ORDER + WINDOW] = {0.0f};
    for (int n = 0; n < WINDOW; n++)
        padded[ORDER + n] = x[n] * percepnet_lpc_window[n];
    for (int i = 0; i <= ORDER; i++)
        r[i] = percepnet_inner_product(padded + ORDER, padded + ORDER - i, WINDOW);
}

/* Prediction a with e(n) = x(n) + sum_i a(i) x(n - 1 - i); stops once the gain exceeds 30 dB. */
static void levinson(float a[ORDER], const float r[ORDER + 1])
{
    float error = r[0];
    memset(a, 0, ORDER * sizeof *a);
    for (int i = 0; i < ORDER && error >= PERCEPNET_LPC_MAX_GAIN * r[0]; i++) {
        float previous[ORDER], sum = r[i + 1];
        for (int j = 0; j < i; j++)
            sum += a[j] * r[i - j];
        const float k = -sum / error;
        memcpy(previous, a, sizeof previous);
        for (int j = 0; j < i; j++)
            a[j] = previous[j] + k * previous[i - 1 - j];
        a[i] = k;
        error = error * (1.0f - k * k);
    }
}

void percepnet_lpc_residual(PercepNetState *st)
{
    float x[WINDOW], r[ORDER + 1], a[ORDER], e[HOP + 1];
    float *residual = st->s.residual, *hop = residual + PERCEPNET_RESIDUAL_SIZE - HOP;
    const float *newest = x + WINDOW - HOP - 1;
    decimate(x, st->s.history);
    autocorrelation(r, x);
    r[0] = r[0] * (1.0f + PERCEPNET_LPC_NOISE_FLOOR) + PERCEPNET_LPC_ENERGY_FLOOR;
    for (int i = 0; i <= ORDER; i++)
        r[i] = r[i] * percepnet_lag_window[i];
    levinson(a, r);
    memcpy(e, newest, sizeof e);
    for (int i = 0; i < ORDER; i++)
        for (int n = 0; n <= HOP; n++)
            e[n] += a[i] * newest[n - 1 - i];
    memmove(residual, residual + HOP, (PERCEPNET_RESIDUAL_SIZE - HOP) * sizeof *residual);
    for (int n = 0; n < HOP; n++)
        hop[n] = percepnet_flush(e[n + 1] + PERCEPNET_RESIDUAL_SMOOTHING * e[n]);
}
