/* SPDX-License-Identifier: BSD-2-Clause
 * The memory of one stream. It holds no pointer into itself, so a copy of its bytes is a stream of its own.
 */
#ifndef PERCEPNET_STATE_H
#define PERCEPNET_STATE_H

#include "model.h"
#include "percepnet.h"
#include "signals.h"

struct PercepNetState {
    PercepNetSignals s;
    const PercepNetModel *model;
    PercepNetConfig config;
    float min_gain; /* max_attenuation_db as a factor */
    PercepNetFrameInfo info;
    float nnet_memory[]; /* its size depends on the model; see nnet.c */
};

/* A stage reads and writes the signals that spec/percepnet.toml names for it, and nothing else. */
typedef struct PercepNetStage {
    const char *name;
    void (*run)(PercepNetState *st);
} PercepNetStage;

extern const PercepNetStage percepnet_pipeline[];
extern const int percepnet_pipeline_length;

#endif
