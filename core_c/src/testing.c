/* SPDX-License-Identifier: BSD-2-Clause */
#include "testing.h"

#ifdef PERCEPNET_TESTING
#include <stddef.h>
#include <string.h>

#include "activations.h"
#include "gemv_int8.h"
#include "stages.h"

int percepnet_num_stages(void) { return percepnet_pipeline_length; }
const char *percepnet_stage_name(int stage) { return percepnet_pipeline[stage].name; }
void percepnet_run_stage(PercepNetState *st, int stage) { percepnet_pipeline[stage].run(st); }

static const struct {
    const char *name, *type;
    int count;
    size_t offset;
} signals[] = {
#define ROW(type, name, count) {#name, #type, count, offsetof(PercepNetSignals, name)},
    PERCEPNET_SIGNALS(ROW)
#undef ROW
};

enum { NUM_LISTED = sizeof signals / sizeof signals[0] };

int percepnet_num_signals(void) { return NUM_LISTED + 1; }
const char *percepnet_signal_name(int i) { return i < NUM_LISTED ? signals[i].name : "nnet_memory"; }
const char *percepnet_signal_type(int i) { return i < NUM_LISTED ? signals[i].type : "f32"; }

int percepnet_signal_count(const PercepNetState *st, int i)
{
    return i < NUM_LISTED ? signals[i].count : (int)percepnet_nnet_memory_size(st->model);
}

void *percepnet_signal_data(PercepNetState *st, int i)
{
    return i < NUM_LISTED ? (void *)((char *)&st->s + signals[i].offset) : (void *)st->nnet_memory;
}

void percepnet_testing_model_in_parts(int32_t *answers, PercepNetModel *parts, PercepNetModel *whole, void *blob,
                                      int size, int bytes)
{
    percepnet_model_begin(parts, blob, (size_t)size);
    answers[1] = 0;
    do {
        answers[0] = percepnet_model_advance(parts, (size_t)bytes);
        answers[1]++;
    } while (answers[0] == PERCEPNET_MORE);
    answers[2] = percepnet_model_init(whole, blob, (size_t)size);
}

void percepnet_testing_gemv_int8(int kernel, int32_t *out, const int8_t *weights, const uint8_t *u,
                                 const int32_t *offset, int rows, int columns)
{
    PercepNetGemvInt8 *run = kernel ? percepnet_gemv_int8_kernels[kernel - 1].run : percepnet_gemv_int8;
    run(out, weights, u, offset, rows, columns);
}

void percepnet_testing_gemv_int8_sparse(int kernel, int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                        const uint8_t *u, const int32_t *offset, int rows, int columns)
{
    PercepNetGemvInt8Sparse *run =
        kernel ? percepnet_gemv_int8_kernels[kernel - 1].run_sparse : percepnet_gemv_int8_sparse;
    run(out, weights, blocks, u, offset, rows, columns);
}

void percepnet_testing_turn_weights(int kernel, int8_t *weights, int count)
{
#if defined(PERCEPNET_TURNED_WEIGHTS)
    if (kernel != 1)
        percepnet_gemv_int8_turn(weights, (size_t)count);
#else
    (void)kernel, (void)weights, (void)count;
#endif
}

const char *percepnet_testing_gemv_int8_variant(void) { return percepnet_gemv_int8_variant(); }
int percepnet_testing_gemv_int8_count(void) { return percepnet_num_gemv_int8_kernels + 1; }

const char *percepnet_testing_gemv_int8_name(int kernel)
{
    if (kernel == 0)
        return percepnet_gemv_int8_variant();
    const PercepNetGemvInt8Kernel *listed = &percepnet_gemv_int8_kernels[kernel - 1];
    return listed->is_possible && !listed->is_possible() ? NULL : listed->name;
}

void percepnet_testing_tanh(float *x, int n) { percepnet_tanh_all(x, n); }
void percepnet_testing_sigmoid(float *x, int n) { percepnet_sigmoid_all(x, n); }
void percepnet_testing_quantise(uint8_t *u, const float *x, int n) { percepnet_quantise(u, x, n); }
void percepnet_testing_gates(float *h, const float *a, const float *b, int units) { percepnet_gates(h, a, b, units); }

void percepnet_testing_dequantise(float *y, const int32_t *sum, const float *scale, const float *bias, int n)
{
    percepnet_dequantise(y, sum, scale, bias, n);
}

void percepnet_testing_dense(float *y, const float *weight, const float *bias, const float *x, int rows, int columns)
{
    percepnet_dense(y, &(PercepNetDense){rows, columns, weight, bias}, x);
}

static void hear(PercepNetState *st, const float *in)
{
    memcpy(st->s.input, in, sizeof st->s.input);
    percepnet_high_pass(st);
    percepnet_analysis(st);
    percepnet_band_energy(st);
}

static void comb(PercepNetState *st)
{
    percepnet_comb_filter(st);
    percepnet_comb_spectrum(st);
    percepnet_coherence(st);
}

static float *append(float *row, const float *values, int n)
{
    memcpy(row, values, (size_t)n * sizeof *row);
    return row + n;
}

void percepnet_extract(PercepNetState *noisy, PercepNetState *clean, float *rows, const float *y, const float *x,
                       int frames)
{
    for (int i = 0; i < frames; i++, y += PERCEPNET_FRAME_SIZE, x += PERCEPNET_FRAME_SIZE) {
        hear(noisy, y);
        hear(clean, x);
        percepnet_lpc_residual(noisy);
        percepnet_pitch_correlation(noisy);
        percepnet_pitch_path(noisy);
        percepnet_pitch_refine(noisy);
        comb(noisy);
        clean->s.period = noisy->s.period;
        comb(clean);
        percepnet_features(noisy);
        rows = append(rows, noisy->s.features, PERCEPNET_NUM_FEATURES);
        rows = append(rows, noisy->s.Ey[0], PERCEPNET_NUM_BANDS);
        rows = append(rows, clean->s.Ey[0], PERCEPNET_NUM_BANDS);
        rows = append(rows, noisy->s.q, PERCEPNET_NUM_BANDS);
        rows = append(rows, clean->s.q, PERCEPNET_NUM_BANDS);
        *rows++ = (float)noisy->s.period;
    }
}
#endif
