/* SPDX-License-Identifier: BSD-2-Clause
 * Pitch correlation: how well the residual repeats at each lag, with guards against octave errors.
 */
#include <string.h>

#include "lanes.h"
#include "stages.h"
#include "vec_math.h"

#define HOP PERCEPNET_HOP_16KHZ
#define RAW PERCEPNET_NUM_RAW_LAGS
#define LAGS PERCEPNET_NUM_LAGS
#define REACH PERCEPNET_INTERPOLATION_REACH
#define GROUPS 3 /* of four lags that are summed at a time; does not change any sum */
#define TILE (4 * GROUPS)
#define TILED PERCEPNET_TILED_LAGS
#define TILES (TILED / TILE)
#define TILES_LIKE_THE_REST 4 /* that take as long as all that follows the sums */
_Static_assert(TILED % TILE == 0, "lags come in whole tiles");
_Static_assert(PERCEPNET_RESIDUAL_SIZE - HOP - TILED + 1 == PERCEPNET_PITCH_MIN_LAG - REACH, "longest to shortest lag");

/* Over the newest hop, for the lags T of some tiles: <e(n), e(n-T)> and <e(n-T), e(n-T)>. */
static void half_sums(PercepNetLagSums *sums, const float residual[PERCEPNET_RESIDUAL_SIZE], int tile, int end)
{
    const float *e = residual + PERCEPNET_RESIDUAL_SIZE - HOP;
    for (; tile < end; tile++) { /* the longest lags first: they stand at the beginning */
        const int first = TILE * tile;
        Lanes c[GROUPS] = {{0.0f}}, p[GROUPS] = {{0.0f}};
        for (int n = 0; n < HOP; n++)
            for (int i = 0; i < GROUPS; i++) {
                const Lanes lagged = lanes_load(residual + first + n + 4 * i);
                c[i] += e[n] * lagged;
                p[i] += lagged * lagged;
            }
        for (int i = 0; i < GROUPS; i++) {
            const int shortest = TILED - 4 - first - 4 * i;
            lanes_store(sums->correlation + shortest, lanes_reverse(c[i]));
            lanes_store(sums->energy + shortest, lanes_reverse(p[i]));
        }
    }
}

/* The largest of the correlation at each lag and a third of a lag to either side. */
static void interpolate_lags(float xc[LAGS], const float raw[RAW])
{
    for (int t = 0; t < LAGS; t += 4) {
        const int start = lanes_start(t, LAGS);
        Lanes before = {0.0f}, after = {0.0f};
        for (int i = 0; i <= 2 * REACH; i++) {
            const Lanes x = lanes_load(raw + start + i);
            before += percepnet_interpolation_kernel[i] * x;
            after += percepnet_interpolation_kernel[2 * REACH - i] * x;
        }
        lanes_store(xc + start, lanes_max(lanes_max(lanes_load(raw + start + REACH), before), after));
    }
}

/* Lags, from the second, of which there is a double and a triple; where those of the second stand. */
#define HALVES (PERCEPNET_PITCH_MAX_LAG / 2 - PERCEPNET_PITCH_MIN_LAG)
#define THIRDS (PERCEPNET_PITCH_MAX_LAG / 3 - PERCEPNET_PITCH_MIN_LAG)
#define FIRST_DOUBLE (2 * (PERCEPNET_PITCH_MIN_LAG + 1) - PERCEPNET_PITCH_MIN_LAG)
#define FIRST_TRIPLE (3 * (PERCEPNET_PITCH_MIN_LAG + 1) - PERCEPNET_PITCH_MIN_LAG)
#define LIMITS (FIRST_TRIPLE + 3 * THIRDS) /* LAGS and what completes the last group */
_Static_assert(HALVES % 4 == 0 && THIRDS % 4 == 0 && LIMITS >= LAGS && LIMITS >= FIRST_DOUBLE + 2 * HALVES, "groups");

/* How well lag t has to correlate not to be suspect: about as well as the lags near its half and its third. */
static void octave_limits(float limit[LIMITS], const float xc[LAGS])
{
    float near[HALVES];
    for (int i = 0; i < HALVES; i += 4) {
        const Lanes best = lanes_max(lanes_max(lanes_load(xc + i), lanes_load(xc + i + 1)), lanes_load(xc + i + 2));
        lanes_store(near + i, PERCEPNET_OCTAVE_RATIO * best);
    }
    for (int t = 0; t < LIMITS; t++)
        limit[t] = -__builtin_inff();
    for (int i = 0; i < HALVES; i += 4) {
        const Lanes x = lanes_load(near + i);
        lanes_store(limit + FIRST_DOUBLE + 2 * i, lanes_zip_low(x, x));
        lanes_store(limit + FIRST_DOUBLE + 2 * i + 4, lanes_zip_high(x, x));
    }
    for (int i = 0; i < THIRDS; i += 4) {
        const Lanes x = lanes_load(near + i);
        const Lanes tripled[3] = {{x[0], x[0], x[0], x[1]}, {x[1], x[1], x[2], x[2]}, {x[2], x[3], x[3], x[3]}};
        float *at = limit + FIRST_TRIPLE + 3 * i;
        for (int j = 0; j < 3; j++)
            lanes_store(at + 4 * j, lanes_max(lanes_load(at + 4 * j), tripled[j]));
    }
}

/* Suspect lags are multiplied by OCTAVE_PENALTY, then all by their bias. */
static void guard_octaves(float guarded[LAGS], const float xc[LAGS])
{
    float limit[LIMITS];
    octave_limits(limit, xc);
    for (int t = 0; t < LAGS; t += 4) {
        const int start = lanes_start(t, LAGS);
        const Lanes x = lanes_load(xc + start);
        const Lanes kept = lanes_select(x < lanes_load(limit + start), PERCEPNET_OCTAVE_PENALTY * x, x);
        lanes_store(guarded + start, kept * lanes_load(percepnet_lag_bias + start));
    }
}

/* All that follows the sums. */
static void correlate(PercepNetSignals *s, const PercepNetLagSums *sums)
{
    float raw[RAW], xc[LAGS], power = 0.0f;
    const float *e = s->residual + PERCEPNET_RESIDUAL_SIZE - HOP;
    for (int n = 0; n < HOP; n++)
        power += e[n] * e[n];

    const float E = s->half_power + power;
    for (int t = 0; t < RAW; t++) {
        const float norm = (E + (s->half_energy[t] + sums->energy[t])) + PERCEPNET_CORRELATION_FLOOR;
        raw[t] = 2.0f * (s->half_correlation[t] + sums->correlation[t]) / norm;
        s->half_correlation[t] = sums->correlation[t];
        s->half_energy[t] = sums->energy[t];
    }
    s->half_power = power;

    interpolate_lags(xc, raw);
    guard_octaves(s->xc, xc);
    s->mean_power = percepnet_flush(s->mean_power + PERCEPNET_ENERGY_RATE * (E - s->mean_power));
    s->path_weight = percepnet_clamp(percepnet_sqrt(E / (s->mean_power + PERCEPNET_CORRELATION_FLOOR)),
                                     PERCEPNET_WEIGHT_MIN, PERCEPNET_WEIGHT_MAX);
}

/* The first tile of a part; the last part has fewer, as it does what follows the sums. */
static int first_tile(int part)
{
    const int last = part == PERCEPNET_PITCH_PARTS;
    return last ? TILES : (TILES + TILES_LIKE_THE_REST) * part / PERCEPNET_PITCH_PARTS;
}

void percepnet_pitch_correlation_part(PercepNetState *st, int part)
{
    half_sums(&st->between_parts.lag_sums, st->s.residual, first_tile(part), first_tile(part + 1));
    if (part == PERCEPNET_PITCH_PARTS - 1)
        correlate(&st->s, &st->between_parts.lag_sums);
}

void percepnet_pitch_correlation(PercepNetState *st)
{
    for (int part = 0; part < PERCEPNET_PITCH_PARTS; part++)
        percepnet_pitch_correlation_part(st, part);
}
