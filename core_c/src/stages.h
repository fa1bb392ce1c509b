/* SPDX-License-Identifier: BSD-2-Clause
 * The stages of the pipeline, in order. Each has a file of its name, except the pairs that share a transform.
 */
#ifndef PERCEPNET_STAGES_H
#define PERCEPNET_STAGES_H

#include "state.h"

void percepnet_high_pass(PercepNetState *st);
void percepnet_analysis(PercepNetState *st);
void percepnet_band_energy(PercepNetState *st); /* erb_bands.c */
void percepnet_lpc_residual(PercepNetState *st);
void percepnet_pitch_correlation(PercepNetState *st);
void percepnet_pitch_path(PercepNetState *st);
void percepnet_pitch_refine(PercepNetState *st);
void percepnet_comb_filter(PercepNetState *st);
void percepnet_comb_spectrum(PercepNetState *st); /* analysis.c */
void percepnet_coherence(PercepNetState *st);     /* erb_bands.c */
void percepnet_features(PercepNetState *st);
void percepnet_nnet(PercepNetState *st);
void percepnet_presence(PercepNetState *st);
void percepnet_transparency(PercepNetState *st);
void percepnet_pitch_filter(PercepNetState *st);
void percepnet_postfilter(PercepNetState *st);
void percepnet_restoration(PercepNetState *st);
void percepnet_synthesis(PercepNetState *st);
void percepnet_bypass(PercepNetState *st);

/* Those that take longest without a network, in parts of about the same cost: part 0, then 1, ... */
#define PERCEPNET_HIGH_PASS_PARTS 2
#define PERCEPNET_LPC_PARTS 2
#define PERCEPNET_PITCH_PARTS 8
void percepnet_high_pass_part(PercepNetState *st, int part);
void percepnet_lpc_residual_part(PercepNetState *st, int part);
void percepnet_pitch_correlation_part(PercepNetState *st, int part);

#endif
