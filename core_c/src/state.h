/* SPDX-License-Identifier: BSD-2-Clause
 * The memory of one stream. The network's own memory (its size depends on the model) follows the struct.
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
    float *nnet_memory; /* see nnet.c */
};

/* A stage reads and writes the signals that spec/percepnet.toml names for it, and nothing else. */
typedef struct PercepNetStage {
    const char *name;
    void (*run)(PercepNetState *st);
} PercepNetStage;

extern const PercepNetStage percepnet_pipeline[];
extern const int percepnet_pipeline_length;

#endif
