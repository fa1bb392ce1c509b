/* SPDX-License-Identifier: BSD-2-Clause
 * The loop of a C program over frames, for streaming.py: compiled as a library, handed the function of the one loaded.
 */
#include <stddef.h>

typedef float ProcessFrame(void *state, float *out, const float *in);

float run_frames(ProcessFrame *process, void *state, float *out, const float *in, int frames, size_t frame_size)
{
    float voice = 0.0f;
    for (int i = 0; i < frames; i++)
        voice = process(state, out, in + (size_t)i * frame_size);
    return voice;
}
