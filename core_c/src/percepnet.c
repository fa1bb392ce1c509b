/* SPDX-License-Identifier: BSD-2-Clause
 * The whole pipeline, frame by frame: the twin of py_reference/percepnet/enhancer.py.
 */
#include "percepnet.h"

#include <string.h>

#include "stages.h"
#include "vec_math.h"

/* The table of contents: every stage in order. */
const PercepNetStage percepnet_pipeline[] = {
    {"high_pass", percepnet_high_pass},
    {"analysis", percepnet_analysis},
    {"band_energy", percepnet_band_energy},
    {"lpc_residual", percepnet_lpc_residual},
    {"pitch_correlation", percepnet_pitch_correlation},
    {"pitch_path", percepnet_pitch_path},
    {"pitch_refine", percepnet_pitch_refine},
    {"comb_filter", percepnet_comb_filter},
    {"comb_spectrum", percepnet_comb_spectrum},
    {"coherence", percepnet_coherence},
    {"features", percepnet_features},
    {"nnet", percepnet_nnet},
    {"pitch_filter", percepnet_pitch_filter},
    {"postfilter", percepnet_postfilter},
    {"restoration", percepnet_restoration},
    {"synthesis", percepnet_synthesis},
    {"presence", percepnet_presence},
    {"bypass", percepnet_bypass},
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
    st->config = *c;
    st->min_gain = c->max_attenuation_db >= PERCEPNET_MAX_ATTENUATION_DB_MAX
                       ? 0.0f
                       : percepnet_exp2(-c->max_attenuation_db * PERCEPNET_LOG2_PER_DB);
    return PERCEPNET_OK;
}

size_t percepnet_get_size(const PercepNetModel *model)
{
    return sizeof(PercepNetState) + percepnet_nnet_memory_size(model) * sizeof(float);
}

int percepnet_init(PercepNetState *st, const PercepNetModel *model, const PercepNetConfig *config)
{
    PercepNetConfig defaults;
    if (!st || !model || (uintptr_t)st % 16 != 0)
        return PERCEPNET_BAD_ARG;
    percepnet_default_config(&defaults);
    st->model = model;
    if (percepnet_set_config(st, config ? config : &defaults) != PERCEPNET_OK)
        return PERCEPNET_BAD_ARG;
    percepnet_reset(st);
    return PERCEPNET_OK;
}

void percepnet_reset(PercepNetState *st)
{
    memset(&st->s, 0, sizeof st->s);
    memset(&st->info, 0, sizeof st->info);
    memset(st->nnet_memory, 0, percepnet_nnet_memory_size(st->model) * sizeof(float));
    st->s.period = PERCEPNET_PITCH_MIN_PERIOD;
    st->s.bypass_mix = st->config.bypass;
}

float percepnet_process_frame(PercepNetState *st, float *out, const float *in)
{
    memcpy(st->s.input, in, sizeof st->s.input);
    for (int i = 0; i < percepnet_pipeline_length; i++)
        percepnet_pipeline[i].run(st);
    memcpy(out, st->s.output, sizeof st->s.output);
    st->info = (PercepNetFrameInfo){st->s.voice, st->s.snr_db, st->s.period, st->s.correlation, st->s.repaired};
    return st->s.voice;
}

const PercepNetFrameInfo *percepnet_get_frame_info(const PercepNetState *st) { return &st->info; }
