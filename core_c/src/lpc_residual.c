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
#define TAPS PERCEPNET_DECIMATION_TAPS
#define DELAY (TAPS / PERCEPNET_DECIMATION) /* what the filter reaches back, at 16 kHz */
#define PADDED (HOP + 4)                    /* HOP + 1 samples in groups of four */
#define BEYOND (PADDED - HOP - 1)           /* samples that complete the last group */

/* The newest samples, every third one to each of three phases. */
static void split_phases(float phases[PERCEPNET_DECIMATION][DELAY + WINDOW],
                         const float history[PERCEPNET_HISTORY_SIZE])
{
    _Static_assert(PERCEPNET_DECIMATION == 3 && (DELAY + WINDOW) % 4 == 0, "the loop takes three groups of four");
    const float *x = history + PERCEPNET_HISTORY_SIZE - PERCEPNET_DECIMATION * (DELAY + WINDOW);
    for (int i = 0; i < DELAY + WINDOW; i += 4, x += 12) {
        const Lanes a = lanes_load(x), b = lanes_load(x + 4), c = lanes_load(x + 8);
        lanes_store(phases[0] + i, (Lanes){a[0], a[3], b[2], c[1]});
        lanes_store(phases[1] + i, (Lanes){a[1], b[0], b[3], c[2]});
        lanes_store(phases[2] + i, (Lanes){a[2], b[1], c[0], c[3]});
    }
}

/* The newest WINDOW samples at 16 kHz, low-passed and pre-emphasised by one FIR filter. */
static void decimate(float x[WINDOW], const float history[PERCEPNET_HISTORY_SIZE])
{
    float phases[PERCEPNET_DECIMATION][DELAY + WINDOW];
    const float *delayed[TAPS]; /* by k samples at 48 kHz */
    split_phases(phases, history);
    for (int k = 0; k < TAPS; k++)
        delayed[k] = phases[PERCEPNET_DECIMATION - 1 - k % PERCEPNET_DECIMATION] + DELAY - k / PERCEPNET_DECIMATION;
    percepnet_weighted_sum(x, WINDOW, percepnet_decimation_filter, delayed, TAPS);
}

/* r(i) = sum_n x(n) x(n - i), i = 0..ORDER, of the windowed signal. Not inlined: as a part of a larger function V8 keeps
 * fewer of the sums in registers. */
__attribute__((noinline)) static void autocorrelation(float r[ORDER + 1], const float x[WINDOW])
{
    float padded[ORDER + WINDOW], *windowed = padded + ORDER;
    for (int n = 0; n < ORDER; n++)
        padded[n] = 0.0f;
    for (int n = 0; n < WINDOW; n++)
        windowed[n] = x[n] * percepnet_lpc_window[n];
    r[ORDER] = percepnet_inner_product(windowed, windowed - ORDER, WINDOW);
    for (int first = 0; first < ORDER; first += 8) { /* lags summed at a time; does not change any sum */
        Lanes sum[8] = {{0.0f}};
        for (int n = 0; n < WINDOW; n += 4)
            for (int i = 0; i < 8; i++)
                sum[i] += lanes_load(windowed + n) * lanes_load(windowed + n - first - i);
        for (int i = 0; i < 8; i++)
            r[first + i] = percepnet_close_lanes(sum[i]);
    }
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

/* e(n) = x(n) + sum_i a(i) x(n - 1 - i) of the newest hop and the sample before it. */
static void predict(float e[PADDED], const float a[ORDER], const float x[WINDOW + BEYOND])
{
    float weights[ORDER + 1] = {1.0f};
    const float *delayed[ORDER + 1];
    memcpy(weights + 1, a, ORDER * sizeof *a);
    for (int i = 0; i <= ORDER; i++)
        delayed[i] = x + WINDOW - HOP - 1 - i;
    percepnet_weighted_sum(e, PADDED, weights, delayed, ORDER + 1);
}

/* What linear prediction leaves of the newest hop, smoothed, joins the residual. */
static void whiten(float residual[PERCEPNET_RESIDUAL_SIZE], float x[WINDOW + BEYOND])
{
    float r[ORDER + 1], a[ORDER], e[PADDED], *hop = residual + PERCEPNET_RESIDUAL_SIZE - HOP;
    autocorrelation(r, x);
    r[0] = r[0] * (1.0f + PERCEPNET_LPC_NOISE_FLOOR) + PERCEPNET_LPC_ENERGY_FLOOR;
    for (int i = 0; i <= ORDER; i++)
        r[i] = r[i] * percepnet_lag_window[i];
    levinson(a, r);
    for (int n = WINDOW; n < WINDOW + BEYOND; n++)
        x[n] = 0.0f;
    predict(e, a, x);
    memmove(residual, residual + HOP, (PERCEPNET_RESIDUAL_SIZE - HOP) * sizeof *residual);
    for (int n = 0; n < HOP; n += 4) {
        const Lanes smooth = lanes_load(e + n + 1) + PERCEPNET_RESIDUAL_SMOOTHING * lanes_load(e + n);
        lanes_store(hop + n, lanes_flush(smooth, PERCEPNET_FLUSH_THRESHOLD));
    }
}

void percepnet_lpc_residual_part(PercepNetState *st, int part)
{
    float *x = st->between_parts.window;
    _Static_assert(sizeof st->between_parts.window == (WINDOW + BEYOND) * sizeof(float), "see state.h");
    if (part == 0)
        decimate(x, st->s.history);
    else
        whiten(st->s.residual, x);
}

void percepnet_lpc_residual(PercepNetState *st)
{
    for (int part = 0; part < PERCEPNET_LPC_PARTS; part++)
        percepnet_lpc_residual_part(st, part);
}
