/* SPDX-License-Identifier: BSD-2-Clause
 *
 * count_allocations MODEL.pnet: the program's allocator is the one below, which counts. Prints how often it was called
 * while a stream was created, while it was used, and while it was destroyed.
 */
#include <percepnet.h>
#include <stdio.h>
#include <string.h>

enum { FRAMES = 1000 };

static _Alignas(64) unsigned char arena[1 << 24];
static size_t used;
static int calls;

void *aligned_alloc(size_t alignment, size_t size)
{
    used = (used + alignment - 1) / alignment * alignment;
    void *block = arena + used;
    calls++;
    used += size;
    return used <= sizeof arena ? block : NULL;
}

void *malloc(size_t size) { return aligned_alloc(64, size); }
void *calloc(size_t n, size_t size) { return malloc(n * size); } /* the arena is zeroed and never used twice */

void *realloc(void *block, size_t size)
{
    unsigned char *bigger = malloc(size);
    for (size_t i = 0; block && bigger && i < size; i++)
        bigger[i] = ((unsigned char *)block)[i]; /* may read beyond the old block, but not beyond the arena */
    return bigger;
}

void free(void *block) { calls += block != NULL; }

static int use(PercepNetState *state)
{
    PercepNetConfig config;
    float frame[PERCEPNET_FRAME_SIZE];
    unsigned x = 1;
    percepnet_default_config(&config);
    for (int i = 0; i < FRAMES; i++) {
        for (int n = 0; n < PERCEPNET_FRAME_SIZE; n++) {
            x = 1664525u * x + 1013904223u;
            frame[n] = i % 100 < 90 ? (float)(x >> 8) / 8388608.0f - 1.0f : 0.0f;
        }
        percepnet_process_frame(state, frame, frame);
        config.bypass = (float)(i / 50 % 2);
        if (percepnet_set_config(state, &config) != PERCEPNET_OK)
            return -1;
        if (i % 333 == 0)
            percepnet_reset(state);
    }
    return percepnet_get_frame_info(state)->repaired;
}

int main(int argc, char **argv)
{
    static _Alignas(16) unsigned char blob[1 << 22];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    const size_t size = fread(blob, 1, sizeof blob, file);
    fclose(file);

    PercepNetModel *model;
    PercepNetState *state;
    const int before = calls;
    if (percepnet_model_create(&model, blob, size) || percepnet_create(&state, model, NULL))
        return 2;
    const int created = calls;
    if (use(state))
        return 2;
    const int used_calls = calls;
    percepnet_destroy(state);
    percepnet_model_destroy(model);
    const int destroyed = calls;
    printf("%d %d %d\n", created - before, used_calls - created, destroyed - used_calls);
    return 0;
}
