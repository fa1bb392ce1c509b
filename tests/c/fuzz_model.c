/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_model < CORPUS: reads files, each a 32-bit length and its bytes, and prints a letter for each: B, refused as a
 * bad model, at once and in parts; M, accepted, and five frames of it are finite; ! anything else. Built with the
 * address and undefined behaviour sanitizers; every file stands in a block of exactly its size.
 */
#include <percepnet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 5 };

static int frames_are_finite(const PercepNetModel *model)
{
    PercepNetState *state;
    float frame[PERCEPNET_FRAME_SIZE];
    unsigned x = 7;
    int finite = 1;
    if (percepnet_create(&state, model, NULL) != PERCEPNET_OK)
        return 0;
    for (int i = 0; i < FRAMES; i++) {
        for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++) {
            x = 1664525u * x + 1013904223u;
            frame[n] = (float)(x >> 8) / 8388608.0f - 1.0f;
        }
        const float voice = percepnet_process_frame(state, frame, frame);
        finite = finite && voice >= 0.0f && voice <= 1.0f;
        for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++)
            finite = finite && frame[n] - frame[n] == 0.0f;
    }
    percepnet_destroy(state);
    return finite;
}

/* The answer for a file read in parts. */
static int read_in_parts(const unsigned char *blob, size_t size)
{
    PercepNetModel *model = NULL;
    if (posix_memalign((void **)&model, 16, percepnet_model_get_size()))
        return PERCEPNET_ALLOC_FAIL;
    int error = percepnet_model_begin(model, blob, size);
    if (error == PERCEPNET_OK)
        while ((error = percepnet_model_advance(model, 997)) == PERCEPNET_MORE)
            continue;
    free(model);
    return error;
}

static char judge(const unsigned char *blob, size_t size)
{
    PercepNetModel *model = (PercepNetModel *)&model; /* must become NULL when the file is refused */
    const int error = percepnet_model_create(&model, blob, size);
    if (read_in_parts(blob, size) != error)
        return '!';
    if (error == PERCEPNET_BAD_MODEL)
        return model ? '!' : 'B';
    if (error != PERCEPNET_OK)
        return '!';
    const char verdict = frames_are_finite(model) ? 'M' : '!';
    percepnet_model_destroy(model);
    return verdict;
}

int main(void)
{
    unsigned char length[4];
    while (fread(length, 1, sizeof length, stdin) == sizeof length) {
        const size_t size = length[0] | length[1] << 8 | length[2] << 16 | (size_t)length[3] << 24;
        unsigned char *blob = NULL;
        if (posix_memalign((void **)&blob, 16, size ? size : 1) || fread(blob, 1, size, stdin) != size)
            return 2;
        putchar(judge(blob, size));
        free(blob);
    }
    return 0;
}
