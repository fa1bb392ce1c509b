/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PercepNet: real-time suppression of noise and reverberation in 48 kHz speech.
 *
 * Samples are floats in +-1.0. A frame is PERCEPNET_FRAME_SIZE samples (10 ms); the output comes
 * PERCEPNET_LATENCY samples (30 ms) after the input. There is no global state: a model is read-only and may
 * serve any number of streams on any number of threads; a stream belongs to one thread at a time.
 * Nothing here prints, and what works on a frame neither allocates nor waits.
 */
#ifndef PERCEPNET_H
#define PERCEPNET_H

#include <stddef.h>
#include <stdint.h>

#include "percepnet_types.h" /* generated: PercepNetConfig, PercepNetFrameInfo and the constants above */

#ifdef __cplusplus
extern "C" {
#endif

#define PERCEPNET_OK          0
#define PERCEPNET_BAD_ARG    -1 /* a null or misaligned pointer, or an option out of its range */
#define PERCEPNET_BAD_MODEL  -2 /* not a model, damaged, or of another format version */
#define PERCEPNET_ALLOC_FAIL -3
#define PERCEPNET_BAD_ORDER  -4 /* a frame begun twice, or ended before it was begun */
#define PERCEPNET_MORE        1 /* no error: there is more to do */

#if defined(__GNUC__) && (!defined(__wasm__) || defined(__PIC__)) /* WebAssembly: in a side module, for Pyodide */
#define PERCEPNET_API __attribute__((visibility("default")))
#else
#define PERCEPNET_API
#endif

typedef struct PercepNetModel PercepNetModel; /* view of a model file: a few hundred bytes, no copy of the weights */
typedef struct PercepNetState PercepNetState; /* memory of one mono stream */

PERCEPNET_API const char *percepnet_version(void);
PERCEPNET_API const char *percepnet_strerror(int error);
PERCEPNET_API int percepnet_get_sample_rate(void); /* 48000 */
PERCEPNET_API int percepnet_get_frame_size(void);  /* samples per percepnet_process_frame: 480 */
PERCEPNET_API int percepnet_get_latency(void);     /* samples from input to output: 1440 */

/* Checks `size` bytes of a model file at `blob` and makes *model point into them. The blob is not copied: it must
 * stay unchanged, at a 16-byte aligned address, until the model is destroyed. (Some WebAssembly builds change it
 * themselves: percepnet_model_turn.)
 * Errors: BAD_ARG, BAD_MODEL, ALLOC_FAIL; then *model is NULL. */
PERCEPNET_API int percepnet_model_create(PercepNetModel **model, const void *blob, size_t size);
PERCEPNET_API void percepnet_model_destroy(PercepNetModel *model); /* NULL is allowed */

/* A stream, as after percepnet_reset, which forgets a begun frame too. `config` may be NULL for the defaults. */
PERCEPNET_API int percepnet_create(PercepNetState **state, const PercepNetModel *model, const PercepNetConfig *config);
PERCEPNET_API void percepnet_destroy(PercepNetState *state); /* NULL is allowed */
PERCEPNET_API void percepnet_reset(PercepNetState *state);   /* forget the past; the configuration stays */

PERCEPNET_API void percepnet_default_config(PercepNetConfig *config);
/* May be called at any time; a frame that has begun keeps what it began with. BAD_ARG leaves all as it was. */
PERCEPNET_API int percepnet_set_config(PercepNetState *state, const PercepNetConfig *config);

/* One frame. `out` may be `in`. Returns the probability of voice in `out`, 0..1.
 * Input that is not finite is replaced by 0 (and counted in PercepNetFrameInfo.repaired). */
PERCEPNET_API float percepnet_process_frame(PercepNetState *state, float *out, const float *in);

/* The same frame in parts, where a callback is shorter than a frame and its work is to be spread over several:
 *
 *     begin_frame(state, in);  advance(state, 300);  advance(state, 600);  end_frame(state, out);
 *
 * begin_frame takes the samples, end_frame does what is left and gives those that process_frame would have given.
 * BAD_ORDER if a frame has begun already, or none has; then nothing changes. process_frame ends a frame that has begun;
 * its output is lost.
 *
 * advance runs part after part until about `goal` thousandths of a frame's work are done, the nearest there is; it
 * returns how many are. No part is much more than a tenth of a frame. Before begin_frame it stops at what needs only
 * the frames before. Any goals, and none at all, give the same bits. */
#define PERCEPNET_WHOLE_FRAME 1000
PERCEPNET_API int percepnet_begin_frame(PercepNetState *state, const float *in);
PERCEPNET_API int percepnet_advance(PercepNetState *state, int goal);
PERCEPNET_API int percepnet_end_frame(PercepNetState *state, float *out);

/* What is known of the last frame that came out. Valid until the next call with this state. */
PERCEPNET_API const PercepNetFrameInfo *percepnet_get_frame_info(const PercepNetState *state);

/* What was done to the PERCEPNET_NUM_BANDS bands of that frame (in bypass: would have been), for displays: the gains,
 * after postfilter and attenuation limit, and the strengths of the comb filter, 0..1. Valid as above. */
PERCEPNET_API const float *percepnet_get_gains(const PercepNetState *state);
PERCEPNET_API const float *percepnet_get_strengths(const PercepNetState *state);

/* The same without an allocator (WebAssembly, embedded): the caller gives zeroed or used memory of the stated
 * size, 16-byte aligned, and keeps it as long as the object is used. There is nothing to destroy. A copy of a
 * state's bytes is a second stream that continues where the first one stands. */
PERCEPNET_API size_t percepnet_model_get_size(void);
PERCEPNET_API int percepnet_model_init(PercepNetModel *model, const void *blob, size_t size);
/* model_init in parts, for a thread that must not be held for long:
 *
 *     model_begin(model, blob, size);  while ((error = model_advance(model, 1 << 20)) == PERCEPNET_MORE) ...
 *
 * advance goes through about so many bytes (not 0), at most one tensor more, of up to four times the file. It returns
 * MORE until it gives what model_init would have given, for any size of the parts. Until then nobody else may use the
 * blob, and percepnet_init refuses the model with BAD_ARG; whoever stops before the end throws both away. */
PERCEPNET_API int percepnet_model_begin(PercepNetModel *model, const void *blob, size_t size);
PERCEPNET_API int percepnet_model_advance(PercepNetModel *model, size_t bytes);
/* WebAssembly with simd128, but without relaxed SIMD, turns a model's weights over where they are, for its fastest
 * product: there, model_init and model_create change the blob unless they refuse it, and take it again as they left it.
 * This turns it back to the file's bytes and, called again, over; no frame may run in between. In all other builds
 * nobody changes a blob, and this does nothing. */
PERCEPNET_API void percepnet_model_turn(void *blob, size_t size);
PERCEPNET_API size_t percepnet_get_size(const PercepNetModel *model);
PERCEPNET_API int percepnet_init(PercepNetState *state, const PercepNetModel *model, const PercepNetConfig *config);

/* Other rates than 48 kHz: sound to it and back, whole Hz from 8000 to 192000, one mono stream each way. Flat up to 86 %
 * of the lower rate's half, nothing from there on (81 dB). Memory as above, of get_size(from, to) bytes; a size of 0
 * says that a rate is out of its range.
 *
 * Output j is the input at (j from - offset g) / to - reach samples, where reach is get_reach(from, to), g the greatest
 * common divisor of the rates, and offset, 0 <= offset < 16 to / g, what makes a path through several of them whole
 * samples long. */
typedef struct PercepNetResampler PercepNetResampler;
PERCEPNET_API int percepnet_resampler_get_reach(int from, int to);
PERCEPNET_API size_t percepnet_resampler_get_size(int from, int to);
PERCEPNET_API int percepnet_resampler_init(PercepNetResampler *r, int from, int to, int offset);
PERCEPNET_API void percepnet_resampler_reset(PercepNetResampler *r);
/* Takes all `n` samples of `in`, which must not be `out`, and gives the output that they make possible, at most `room`
 * samples; what exceeds that (up to 256 samples of input) comes first in the next call. Returns how many, or BAD_ARG. */
PERCEPNET_API int percepnet_resampler_process(PercepNetResampler *r, float *out, int room, const float *in, int n);

#ifdef __cplusplus
}
#endif

#endif
