/* SPDX-License-Identifier: BSD-2-Clause
 * What the testing builds (-DPERCEPNET_TESTING) show beyond percepnet.h: every stage and every signal by name.
 */
#ifndef PERCEPNET_TESTING_H
#define PERCEPNET_TESTING_H

#include "percepnet.h"

#define PERCEPNET_TESTING_API PERCEPNET_API

/* Stages in pipeline order. Set the signals a stage reads, run it, read what it wrote. */
PERCEPNET_TESTING_API int percepnet_num_stages(void);
PERCEPNET_TESTING_API const char *percepnet_stage_name(int stage);
PERCEPNET_TESTING_API void percepnet_run_stage(PercepNetState *st, int stage);

/* Signals of spec/percepnet.toml, and last "nnet_memory" (f32, size by model). type: "f32", "f64" or "i32". */
PERCEPNET_TESTING_API int percepnet_num_signals(void);
PERCEPNET_TESTING_API const char *percepnet_signal_name(int signal);
PERCEPNET_TESTING_API const char *percepnet_signal_type(int signal);
PERCEPNET_TESTING_API int percepnet_signal_count(const PercepNetState *st, int signal);
PERCEPNET_TESTING_API void *percepnet_signal_data(PercepNetState *st, int signal);

/* A model of that blob, read `bytes` at a time, and then another one of the same blob, read at once. answers: what
 * percepnet_model_advance gave last, after how many calls, and what percepnet_model_init gave. */
PERCEPNET_TESTING_API void percepnet_testing_model_in_parts(int32_t *answers, PercepNetModel *parts,
                                                            PercepNetModel *whole, void *blob, int size, int bytes);

/* The int8 products of gemv_int8.h. kernel: 0 is the one that a stream gets, 1 the definition; the others are those of the
 * build, whose name is NULL where this processor cannot run them. They take weights as percepnet_testing_turn_weights
 * has left them, which does nothing where they are those of a model file; count: of whole blocks. */
PERCEPNET_TESTING_API void percepnet_testing_turn_weights(int kernel, int8_t *weights, int count);
PERCEPNET_TESTING_API void percepnet_testing_gemv_int8(int kernel, int32_t *out, const int8_t *weights,
                                                       const uint8_t *u, const int32_t *offset, int rows, int columns);
PERCEPNET_TESTING_API void percepnet_testing_gemv_int8_sparse(int kernel, int32_t *out, const int8_t *weights,
                                                              const uint16_t *blocks, const uint8_t *u,
                                                              const int32_t *offset, int rows, int columns);
PERCEPNET_TESTING_API const char *percepnet_testing_gemv_int8_variant(void); /* what kernel 0 is */
PERCEPNET_TESTING_API const char *percepnet_testing_gemv_int8_name(int kernel);
PERCEPNET_TESTING_API int percepnet_testing_gemv_int8_count(void);
/* Lets every stream of this library run that kernel, one that this processor can run, until called with 0. Not where
 * weights are turned. */
PERCEPNET_TESTING_API void percepnet_testing_use_gemv_int8(int kernel);

/* What is done around those products: activations.h, and percepnet_dense of layers.h, weights column by column. */
PERCEPNET_TESTING_API void percepnet_testing_tanh(float *x, int n);
PERCEPNET_TESTING_API void percepnet_testing_sigmoid(float *x, int n);
PERCEPNET_TESTING_API void percepnet_testing_quantise(uint8_t *u, const float *x, int n);
PERCEPNET_TESTING_API void percepnet_testing_dequantise(float *y, const int32_t *sum, const float *scale,
                                                        const float *bias, int n);
PERCEPNET_TESTING_API void percepnet_testing_gates(float *h, const float *a, const float *b, int units);
PERCEPNET_TESTING_API void percepnet_testing_dense(float *y, const float *weight, const float *bias, const float *x,
                                                   int rows, int columns);

/* Training features: runs `frames` frames of noisy and clean speech side by side up to the features, the comb filter of
 * both at the noisy signal's period. Per frame one row each of
 *   features [NUM_FEATURES], Ey, Ex, qy, qx [NUM_BANDS], period [1]    (energies and coherences of frame l)
 * Both states are of one model (any) and freshly reset. */
PERCEPNET_TESTING_API void percepnet_extract(PercepNetState *noisy, PercepNetState *clean, float *rows, const float *y,
                                             const float *x, int frames);

#endif
