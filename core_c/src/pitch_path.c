/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch path: Viterbi search for the smoothest path of lags that repeat well, decided LOOK_AHEAD frames late.
 */
#include <string.h>

#include "lanes.h"
#include "stages.h"

#define LAGS PERCEPNET_NUM_LAGS
#define REACH PERCEPNET_PATH_REACH

/* The first index of the largest value. */
static int argmax(const float x[LAGS])
{
    const IntLanes steps = {0, 1, 2, 3};
    Lanes best = lanes_load(x);
    IntLanes at = steps;
    for (int t = 4; t < LAGS; t += 4) {
        const int start = lanes_start(t, LAGS);
        const Lanes candidate = lanes_load(x + start);
        const IntLanes better = candidate > best;
        best = lanes_max(candidate, best);
        at = lanes_select_int(better, start + steps, at);
    }
    int top = 0;
    for (int l = 1; l < 4; l++)
        if (best[l] > best[top] || (best[l] == best[top] && at[l] < at[top]))
            top = l;
    return at[top];
}

/* For every lag the best score to come from, cost taken off, and the lag it belongs to. Candidates in order: a free
 * jump from the best lag of all, then steps of -REACH..REACH; the first best wins. */
static void best_predecessors(float best[LAGS], int32_t origin[LAGS], const float score[LAGS])
{
    const IntLanes steps = {0, 1, 2, 3};
    const int jump = argmax(score);
    const float after_jump = score[jump] - PERCEPNET_PATH_JUMP_COST;
    float padded[REACH + LAGS + REACH]; /* nothing is reached from beyond the ends */
    for (int j = 0; j < REACH; j++)
        padded[j] = padded[REACH + LAGS + j] = -__builtin_inff();
    memcpy(padded + REACH, score, LAGS * sizeof *score);
    for (int t = 0; t < LAGS; t += 4) {
        const int start = lanes_start(t, LAGS);
        const IntLanes lag = start + steps;
        Lanes top = lanes_all(after_jump);
        IntLanes step = jump - lag;
        for (int j = -REACH; j <= REACH; j++) {
            const Lanes candidate = lanes_load(padded + REACH + start + j) - PERCEPNET_PATH_STEP_COST * (float)(j * j);
            const IntLanes better = candidate > top;
            top = lanes_max(candidate, top);
            step = lanes_select_int(better, j + (IntLanes){0}, step);
        }
        const IntLanes from = lag + step;
        lanes_store(best + start, top);
        memcpy(origin + start, &from, sizeof from);
    }
}

void percepnet_pitch_path(PercepNetState *st)
{
    PercepNetSignals *s = &st->s;
    float best[LAGS];
    memmove(s->path_from[0], s->path_from[1], (PERCEPNET_LOOK_AHEAD - 1) * sizeof s->path_from[0]);
    best_predecessors(best, s->path_from[PERCEPNET_LOOK_AHEAD - 1], s->path_score);
    for (int t = 0; t < LAGS; t++)
        best[t] = best[t] + s->path_weight * s->xc[t];
    int lag = argmax(best);
    const float top = best[lag];
    for (int t = 0; t < LAGS; t++)
        s->path_score[t] = best[t] - top;
    for (int row = PERCEPNET_LOOK_AHEAD - 1; row >= 0; row--)
        lag = s->path_from[row][lag];
    s->lag = lag;
}
