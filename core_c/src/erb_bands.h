/* SPDX-License-Identifier: BSD-2-Clause
 * ERB bands: energies and correlations of bins in triangular bands, and bands back to bins.
 */
#ifndef PERCEPNET_ERB_BANDS_H
#define PERCEPNET_ERB_BANDS_H

#include "constants.h"

#define PERCEPNET_BAND_BINS (PERCEPNET_BAND_LIMIT_BIN + 1) /* bins that belong to a band */

/* Energy of a spectrum in each band. */
void percepnet_energies(float E[PERCEPNET_NUM_BANDS], float X[2][PERCEPNET_NUM_BINS]);

/* Band values at bins 0..BAND_LIMIT_BIN, linear between the peaks. */
void percepnet_interpolate_bands(float bins[PERCEPNET_BAND_BINS], const float values[PERCEPNET_NUM_BANDS]);

#endif
