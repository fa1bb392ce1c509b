/* SPDX-License-Identifier: BSD-2-Clause
 * A frame in parts: the stages, and the network step by step, so that its work can be spread over several calls. First
 * come the steps of the network that need nothing of the new frame; they may run before it is there.
 */
#include <string.h>

#include "nnet.h"
#include "stages.h"

/* Is the next part a step of the network, and not a whole stage? */
static int at_network(const PercepNetState *st)
{
    return st->frame.stage < 0 || percepnet_pipeline[st->frame.stage].cost == 0;
}

/* Do the parts that are left need the frame's samples? */
static int needs_input(const PercepNetState *st) { return st->frame.stage >= 0; }

static int is_done(const PercepNetState *st) { return st->frame.stage == percepnet_pipeline_length; }

/* A stage that need not run as a whole. */
typedef struct Division {
    void (*run)(PercepNetState *st);
    void (*run_part)(PercepNetState *st, int part);
    int parts;
} Division;

static const Division divisions[] = {
    {percepnet_high_pass, percepnet_high_pass_part, PERCEPNET_HIGH_PASS_PARTS},
    {percepnet_lpc_residual, percepnet_lpc_residual_part, PERCEPNET_LPC_PARTS},
    {percepnet_pitch_correlation, percepnet_pitch_correlation_part, PERCEPNET_PITCH_PARTS},
};

/* NULL: it runs as a whole. */
static const Division *division_of(const PercepNetStage *stage)
{
    for (size_t i = 0; i < sizeof divisions / sizeof divisions[0]; i++)
        if (divisions[i].run == stage->run)
            return &divisions[i];
    return NULL;
}

static int next_cost(const PercepNetState *st)
{
    if (at_network(st))
        return percepnet_nnet_cost(st->model, st->frame.step);
    const PercepNetStage *stage = &percepnet_pipeline[st->frame.stage];
    const Division *division = division_of(stage);
    return division ? stage->cost / division->parts : stage->cost;
}

static void run_part(PercepNetState *st)
{
    const PercepNetStage *stage = &percepnet_pipeline[st->frame.stage];
    const Division *division = division_of(stage);
    if (division)
        division->run_part(st, st->frame.part);
    else
        stage->run(st);
    if (!division || ++st->frame.part == division->parts) {
        st->frame.part = 0;
        st->frame.stage++;
    }
}

static void run_next(PercepNetState *st)
{
    st->frame.done += next_cost(st);
    if (!at_network(st)) {
        run_part(st);
        return;
    }
    percepnet_nnet_step(st, st->frame.step++);
    if (st->frame.step == PERCEPNET_NNET_EARLY_STEPS || st->frame.step == PERCEPNET_NNET_STEPS)
        st->frame.stage++;
}

int percepnet_frame_cost(const PercepNetModel *model)
{
    int cost = 0;
    for (int step = 0; step < PERCEPNET_NNET_STEPS; step++)
        cost += percepnet_nnet_cost(model, step);
    for (int i = 0; i < percepnet_pipeline_length; i++)
        cost += percepnet_pipeline[i].cost;
    return cost;
}

int percepnet_begin_frame(PercepNetState *st, const float *in)
{
    if (!st || !in)
        return PERCEPNET_BAD_ARG;
    if (st->frame.begun)
        return PERCEPNET_BAD_ORDER;
    memcpy(st->s.input, in, sizeof st->s.input);
    st->frame.begun = 1;
    return PERCEPNET_OK;
}

int percepnet_advance(PercepNetState *st, int goal)
{
    const int64_t whole = PERCEPNET_WHOLE_FRAME, total = st->frame.total;
    while (!is_done(st) && (st->frame.begun || !needs_input(st)) &&
           whole * (2 * (int64_t)st->frame.done + next_cost(st)) <= 2 * goal * total)
        run_next(st);
    return (int)(whole * st->frame.done / total);
}

int percepnet_end_frame(PercepNetState *st, float *out)
{
    if (!st || !out)
        return PERCEPNET_BAD_ARG;
    if (!st->frame.begun)
        return PERCEPNET_BAD_ORDER;
    while (!is_done(st))
        run_next(st);
    memcpy(out, st->s.output, sizeof st->s.output);
    st->info = (PercepNetFrameInfo){st->s.voice, st->s.snr_db, st->s.period, st->s.correlation, st->s.repaired};
    percepnet_rewind_frame(st);
    return PERCEPNET_OK;
}

void percepnet_rewind_frame(PercepNetState *st)
{
    st->frame = (PercepNetProgress){.stage = -1, .total = percepnet_frame_cost(st->model)};
    percepnet_apply_config(st);
}
