/* SPDX-License-Identifier: BSD-2-Clause */
#include "erb_bands.h"

#include <string.h>

#include "lane_sum.h"
#include "stages.h"
#include "vec_math.h"

/* sum_k W(b, k) x(k) per band. */
static void band_sum(float *sums, const float *x)
{
    const float *weights = percepnet_band_weights;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        const int n = 4 * percepnet_band_groups[b];
        sums[b] = percepnet_inner_product(weights, x + percepnet_band_first[b], n);
        weights += n;
    }
}

static float flush_power(float x) { return percepnet_abs(x) < PERCEPNET_POWER_FLUSH ? 0.0f : x; }

/* Re(conj(A) B) per band. */
static void correlate(float *sums, float A[2][PERCEPNET_NUM_BINS], float B[2][PERCEPNET_NUM_BINS])
{
    float products[PERCEPNET_NUM_BINS];
    for (int k = 0; k < PERCEPNET_NUM_BINS; k++)
        products[k] = flush_power(A[0][k] * B[0][k] + A[1][k] * B[1][k]);
    band_sum(sums, products);
}

void percepnet_energies(float E[PERCEPNET_NUM_BANDS], float X[2][PERCEPNET_NUM_BINS]) { correlate(E, X, X); }

void percepnet_interpolate_bands(float bins[PERCEPNET_BAND_BINS], const float values[PERCEPNET_NUM_BANDS])
{
    for (int k = 0; k < PERCEPNET_BAND_BINS; k++) {
        const int b = percepnet_bin_band[k];
        const float f = percepnet_bin_fraction[k];
        bins[k] = (1.0f - f) * values[b] + f * values[b + 1];
    }
}

void percepnet_band_energy(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    memmove(s->Ey[0], s->Ey[1], PERCEPNET_LOOK_AHEAD * sizeof s->Ey[0]);
    percepnet_energies(s->Ey[PERCEPNET_LOOK_AHEAD], s->Y[PERCEPNET_LOOK_AHEAD]);
}

void percepnet_coherence(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float Ep[PERCEPNET_NUM_BANDS], Epy[PERCEPNET_NUM_BANDS];
    percepnet_energies(Ep, s->P);
    correlate(Epy, s->P, s->Y[0]);
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++)
        s->q[b] = Epy[b] / percepnet_sqrt(Ep[b] * s->Ey[0][b] + PERCEPNET_COHERENCE_FLOOR);
}
