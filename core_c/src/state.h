/* SPDX-License-Identifier: BSD-2-Clause
 * The memory of one stream. It holds no pointer into itself, so a copy of its bytes is a stream of its own.
 */
#ifndef PERCEPNET_STATE_H
#define PERCEPNET_STATE_H

#include "model.h"
#include "percepnet.h"
#include "signals.h"

/* How far the frame under way, or the next one, has come; see frame_parts.c. */
typedef struct PercepNetProgress {
    int begun;             /* its samples are there */
    int stage, part, step; /* next stage, -1 before the first; its next part; next step of the network */
    int done, total;       /* cost */
} PercepNetProgress;

/* The sums of each lag, from the shortest. */
#define PERCEPNET_TILED_LAGS (PERCEPNET_NUM_RAW_LAGS + 1) /* a longer one completes the last tile; the residual has it */
typedef struct PercepNetLagSums {
    float correlation[PERCEPNET_TILED_LAGS], energy[PERCEPNET_TILED_LAGS];
} PercepNetLagSums;

struct PercepNetState {
    PercepNetSignals s;
    const PercepNetModel *model;
    PercepNetConfig config, next_config; /* of the frame under way, and of those that follow */
    float min_gain;                      /* max_attenuation_db as a factor */
    PercepNetFrameInfo info;
    PercepNetProgress frame;
    union { /* what one part of a stage hands on to the next */
        float window[PERCEPNET_WINDOW_16KHZ + 3]; /* lpc_residual: at 16 kHz, and what completes the last group of four */
        PercepNetLagSums lag_sums;                /* pitch_correlation */
    } between_parts;
    float nnet_memory[]; /* its size depends on the model; see nnet.c */
};

/* A stage reads and writes the signals that spec/percepnet.toml names for it, and nothing else. */
typedef struct PercepNetStage {
    const char *name;
    void (*run)(PercepNetState *st);
    int cost; /* about how long it takes, in products of int8 weights; 0 = the network, which runs in steps (nnet.h) */
} PercepNetStage;

extern const PercepNetStage percepnet_pipeline[];
extern const int percepnet_pipeline_length;

/* What all parts of a frame come to. */
int percepnet_frame_cost(const PercepNetModel *model);

/* To before the first part of the next frame, which takes the newest configuration. */
void percepnet_rewind_frame(PercepNetState *st);
void percepnet_apply_config(PercepNetState *st);

#endif
