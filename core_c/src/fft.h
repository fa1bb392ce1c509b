/* SPDX-License-Identifier: BSD-2-Clause
 * Real FFT of WINDOW_SIZE samples under a window: a complex one of half the size (Stockham, radices 4 4 5 3 2), a split.
 */
#ifndef PERCEPNET_FFT_H
#define PERCEPNET_FFT_H

#include "constants.h"

/* Spectrum of x(n) window(n): X[0] = real, X[1] = imaginary parts of NUM_BINS bins; unscaled. */
void percepnet_rfft(float X[2][PERCEPNET_NUM_BINS], const float x[PERCEPNET_WINDOW_SIZE],
                    const float window[PERCEPNET_WINDOW_SIZE]);

/* x(n) = window(n) sum_k X(k) exp(+2 pi i k n / N) over all N bins of the symmetric spectrum; unscaled. */
void percepnet_irfft(float x[PERCEPNET_WINDOW_SIZE], const float X[2][PERCEPNET_NUM_BINS],
                     const float window[PERCEPNET_WINDOW_SIZE]);

#endif
