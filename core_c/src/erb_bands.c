/* SPDX-License-Identifier: BSD-2-Clause */
#include "erb_bands.h"

#include <string.h>

#include "lane_sum.h"
#include "stages.h"
#include "vec_math.h"

#define SUMMED 404 /* bins that band_sum reads, in groups of four; those beyond BAND_BINS weigh 0 */
_Static_assert(SUMMED >= PERCEPNET_BAND_BINS + 1 && SUMMED <= PERCEPNET_NUM_BINS && SUMMED % 4 == 0, "groups of bins");

/* sum_k W(b, k) x(k) per band. */
static void band_sum(float sums[PERCEPNET_NUM_BANDS], const float x[SUMMED])
{
    const float *weights = percepnet_band_weights;
    for (int b = 0; b < PERCEPNET_NUM_BANDS; b++) {
        const int n = 4 * percepnet_band_groups[b];
        sums[b] = percepnet_inner_product(weights, x + percepnet_band_first[b], n);
        weights += n;
    }
}

/* Re(conj(A) B) per band. */
static void correlate(float sums[PERCEPNET_NUM_BANDS], float A[2][PERCEPNET_NUM_BINS],
                      float B[2][PERCEPNET_NUM_BINS])
{
    float products[SUMMED];
    for (int k = 0; k < SUMMED; k += 4) {
        const Lanes x = lanes_load(A[0] + k) * lanes_load(B[0] + k) + lanes_load(A[1] + k) * lanes_load(B[1] + k);
        lanes_store(products + k, lanes_flush(x, PERCEPNET_POWER_FLUSH));
    }
    band_sum(sums, products);
}

void percepnet_energies(float E[PERCEPNET_NUM_BANDS], float X[2][PERCEPNET_NUM_BINS]) { correlate(E, X, X); }

/* Four bins at a time; what a band writes beyond its end is overwritten by the next, and the last four end the array. */
void percepnet_interpolate_bands(float bins[PERCEPNET_BAND_BINS], const float values[PERCEPNET_NUM_BANDS])
{
    for (int b = 0, k = 0; b < PERCEPNET_NUM_BANDS - 1; b++) {
        const int end = b < PERCEPNET_NUM_BANDS - 2 ? percepnet_band_peaks[b + 1] : PERCEPNET_BAND_BINS;
        for (; k < end; k += 4) {
            const int start = lanes_start(k, PERCEPNET_BAND_BINS);
            const Lanes f = lanes_load(percepnet_bin_fraction + start);
            lanes_store(bins + start, (1.0f - f) * values[b] + f * values[b + 1]);
        }
        k = end;
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
