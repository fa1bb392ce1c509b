/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch path: Viterbi search for the smoothest path of lags that repeat well, decided LOOK_AHEAD frames late.
 */
#include <string.h>

#include "stages.h"
#include "vec_math.h"

#define LAGS PERCEPNET_NUM_LAGS
#define REACH PERCEPNET_PATH_REACH

static int argmax(const float x[LAGS])
{
    int best = 0;
    for (int t = 1; t < LAGS; t++)
        if (x[t] > x[best])
            best = t;
    return best;
}

/* For every lag the best score to come from, cost taken off, and the lag it belongs to. Candidates in order: a free
 * jump from the best lag of all, then steps of -REACH..REACH; the first best wins. */
static void best_predecessors(float best[LAGS], int32_t origin[LAGS], const float score[LAGS])
{
    const int jump = argmax(score);
    for (int t = 0; t < LAGS; t++) {
        best[t] = score[jump] - PERCEPNET_PATH_JUMP_COST;
        origin[t] = jump;
    }
    for (int j = -REACH; j <= REACH; j++) {
        const float cost = PERCEPNET_PATH_STEP_COST * (float)(j * j);
        const int first = j < 0 ? -j : 0, end = j > 0 ? LAGS - j : LAGS;
        for (int t = first; t < end; t++) {
            const float candidate = score[t + j] - cost;
            const int better = candidate > best[t];
            best[t] = better ? candidate : best[t];
            origin[t] = better ? t + j : origin[t];
        }
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
    const float top = best[argmax(best)];
    for (int t = 0; t < LAGS; t++)
        s->path_score[t] = best[t] - top;
    int lag = argmax(s->path_score);
    for (int row = PERCEPNET_LOOK_AHEAD - 1; row >= 0; row--)
        lag = s->path_from[row][lag];
    s->lag = lag;
}
