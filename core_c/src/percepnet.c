/* SPDX-License-Identifier: BSD-2-Clause
 * The whole pipeline, frame by frame: the twin of py_reference/percepnet/enhancer.py.
 */
#include "percepnet.h"

#include <string.h>

#include "nnet.h"
#include "stages.h"
#include "vec_math.h"

/* The table of contents: every stage in order. The costs only decide how a frame's work is shared out. */
const PercepNetStage percepnet_pipeline[] = {
    {"high_pass", percepnet_high_pass, 66 * 1000},
    {"analysis", percepnet_analysis, 38 * 1000},
    {"band_energy", percepnet_band_energy, 10 * 1000},
    {"lpc_residual", percepnet_lpc_residual, 75 * 1000},
    {"pitch_correlation", percepnet_pitch_correlation, 125 * 1000},
    {"pitch_path", percepnet_pitch_path, 22 * 1000},
    {"pitch_refine", percepnet_pitch_refine, 26 * 1000},
    {"comb_filter", percepnet_comb_filter, 15 * 1000},
    {"comb_spectrum", percepnet_comb_spectrum, 34 * 1000},
    {"coherence", percepnet_coherence, 20 * 1000},
    {"features", percepnet_features, 5 * 1000},
    {"nnet", percepnet_nnet, 0},
    {"presence", percepnet_presence, 5 * 1000},
    {"transparency", percepnet_transparency, 5 * 1000},
    {"pitch_filter", percepnet_pitch_filter, 11 * 1000},
    {"postfilter", percepnet_postfilter, 4 * 1000},
    {"restoration", percepnet_restoration, 18 * 1000},
    {"synthesis", percepnet_synthesis, 38 * 1000},
    {"bypass", percepnet_bypass, 5 * 1000},
};
const int percepnet_pipeline_length = sizeof percepnet_pipeline / sizeof percepnet_pipeline[0];

const char *percepnet_version(void) { return PERCEPNET_VERSION; }
int percepnet_get_sample_rate(void) { return PERCEPNET_SAMPLE_RATE; }
int percepnet_get_frame_size(void) { return PERCEPNET_FRAME_SIZE; }
int percepnet_get_latency(void) { return PERCEPNET_LATENCY; }

const char *percepnet_strerror(int error)
{
    switch (error) {
    case PERCEPNET_OK: return "no error";
    case PERCEPNET_BAD_ARG: return "a null or misaligned pointer, or an option out of its range";
    case PERCEPNET_BAD_MODEL: return "not a PercepNet model file, a damaged one, or one of another format version";
    case PERCEPNET_ALLOC_FAIL: return "out of memory";
    case PERCEPNET_BAD_ORDER: return "begin_frame twice, or end_frame before begin_frame";
    default: return "unknown error";
    }
}

void percepnet_default_config(PercepNetConfig *config)
{
    config->max_attenuation_db = PERCEPNET_MAX_ATTENUATION_DB_DEFAULT;
    config->postfilter = PERCEPNET_POSTFILTER_DEFAULT;
    config->bypass = PERCEPNET_BYPASS_DEFAULT;
}

/* False for NaN too. */
static int in_range(float x, float low, float high) { return x >= low && x <= high; }

int percepnet_set_config(PercepNetState *st, const PercepNetConfig *c)
{
    if (!st || !c ||
        !in_range(c->max_attenuation_db, PERCEPNET_MAX_ATTENUATION_DB_MIN, PERCEPNET_MAX_ATTENUATION_DB_MAX) ||
        !in_range(c->postfilter, PERCEPNET_POSTFILTER_MIN, PERCEPNET_POSTFILTER_MAX) ||
        !in_range(c->bypass, PERCEPNET_BYPASS_MIN, PERCEPNET_BYPASS_MAX))
        return PERCEPNET_BAD_ARG;
    st->next_config = *c;
    if (!st->frame.begun)
        percepnet_apply_config(st);
    return PERCEPNET_OK;
}

void percepnet_apply_config(PercepNetState *st)
{
    st->config = st->next_config;
    st->min_gain = st->config.max_attenuation_db >= PERCEPNET_MAX_ATTENUATION_DB_MAX
                       ? 0.0f
                       : percepnet_exp2(-st->config.max_attenuation_db * PERCEPNET_LOG2_PER_DB);
}

size_t percepnet_get_size(const PercepNetModel *model)
{
    return sizeof(PercepNetState) +
           (percepnet_nnet_memory_size(model) + percepnet_nnet_scratch_size(model)) * sizeof(float);
}

int percepnet_init(PercepNetState *st, const PercepNetModel *model, const PercepNetConfig *config)
{
    PercepNetConfig defaults;
    if (!st || !model || (uintptr_t)st % 16 != 0 || !percepnet_model_is_whole(model))
        return PERCEPNET_BAD_ARG;
    percepnet_default_config(&defaults);
    st->model = model;
    st->frame.begun = 0;
    if (percepnet_set_config(st, config ? config : &defaults) != PERCEPNET_OK)
        return PERCEPNET_BAD_ARG;
    percepnet_reset(st);
    return PERCEPNET_OK;
}

void percepnet_reset(PercepNetState *st)
{
    percepnet_rewind_frame(st);
    memset(&st->s, 0, sizeof st->s);
    memset(&st->info, 0, sizeof st->info);
    memset(st->nnet_memory, 0, percepnet_nnet_memory_size(st->model) * sizeof(float));
    st->s.period = PERCEPNET_PITCH_MIN_PERIOD;
    st->s.bypass_mix = st->config.bypass;
}

float percepnet_process_frame(PercepNetState *st, float *out, const float *in)
{
    float lost[PERCEPNET_FRAME_SIZE];
    percepnet_end_frame(st, lost); /* BAD_ORDER, as a rule: none has begun */
    percepnet_begin_frame(st, in);
    percepnet_end_frame(st, out);
    return st->s.voice;
}

const PercepNetFrameInfo *percepnet_get_frame_info(const PercepNetState *st) { return &st->info; }
const float *percepnet_get_gains(const PercepNetState *st) { return st->s.g_hat; }
const float *percepnet_get_strengths(const PercepNetState *st) { return st->s.r; }
