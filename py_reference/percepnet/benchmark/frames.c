/* SPDX-License-Identifier: BSD-2-Clause
 * Runs frames and nothing else, for instructions.py to count: ./frames MODEL PCM, float32 samples at 48 kHz.
 */
#include <percepnet.h>
#include <stdio.h>
#include <stdlib.h>

static void *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *data = aligned_alloc(64, (*size + 63) / 64 * 64);
    if (!data || fread(data, 1, *size, file) != *size) return NULL;
    fclose(file);
    return data;
}

int main(int count, char **arguments)
{
    size_t model_size = 0, pcm_size = 0;
    void *blob = count == 3 ? read_all(arguments[1], &model_size) : NULL;
    float *pcm = count == 3 ? read_all(arguments[2], &pcm_size) : NULL;
    PercepNetModel *model = NULL;
    PercepNetState *state = NULL;
    if (!blob || !pcm || percepnet_model_create(&model, blob, model_size) || percepnet_create(&state, model, NULL)) {
        fprintf(stderr, "frames: error: wrong arguments, or files that cannot be read\n");
        return 2;
    }
    const size_t size = (size_t)percepnet_get_frame_size();
    for (size_t at = 0; at + size <= pcm_size / sizeof *pcm; at += size)
        percepnet_process_frame(state, pcm + at, pcm + at);
    percepnet_destroy(state);
    percepnet_model_destroy(model);
    free(pcm);
    free(blob);
    return 0;
}
