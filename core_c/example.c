/* SPDX-License-Identifier: BSD-2-Clause
 *
 * example MODEL.pnet IN.f32 OUT.f32: cleans a file of raw 48 kHz mono float32 samples. The output is aligned with the
 * input and as long as it is. */
#include <errno.h>
#include <percepnet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "example: %s: %s\n", what, why);
    return 2;
}

/* The whole file in memory that malloc aligned to 16 bytes, or NULL with errno set. */
static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    long length = -1;
    if (file && fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0)
        data = malloc((size_t)length + 1);
    if (data && fread(data, 1, (size_t)length, file) != (size_t)length) {
        free(data);
        data = NULL;
    }
    if (file)
        fclose(file);
    *size = data ? (size_t)length : 0;
    return data;
}

/* Frame by frame until as many samples came out as went in; the first PERCEPNET_LATENCY ones are the delay. */
static int enhance(PercepNetState *state, FILE *in, FILE *out)
{
    float frame[PERCEPNET_FRAME_SIZE];
    size_t waiting = 0, skip = PERCEPNET_LATENCY, count = PERCEPNET_FRAME_SIZE;
    do {
        count = count ? fread(frame, sizeof *frame, PERCEPNET_FRAME_SIZE, in) : 0;
        memset(frame + count, 0, (PERCEPNET_FRAME_SIZE - count) * sizeof *frame);
        waiting += count;
        percepnet_process_frame(state, frame, frame);
        size_t from = skip < PERCEPNET_FRAME_SIZE ? skip : PERCEPNET_FRAME_SIZE;
        size_t ready = PERCEPNET_FRAME_SIZE - from < waiting ? PERCEPNET_FRAME_SIZE - from : waiting;
        skip -= from;
        waiting -= ready;
        if (fwrite(frame + from, sizeof *frame, ready, out) != ready)
            return -1;
    } while (count || waiting);
    return ferror(in) ? -1 : 0;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return fail("usage", "example MODEL.pnet IN.f32 OUT.f32 (raw 48 kHz mono float32)");

    size_t size;
    void *blob = read_file(argv[1], &size);
    if (!blob)
        return fail(argv[1], strerror(errno));

    PercepNetModel *model;
    PercepNetState *state;
    int error = percepnet_model_create(&model, blob, size); /* points into blob */
    if (!error)
        error = percepnet_create(&state, model, NULL);
    if (error)
        return fail(argv[1], percepnet_strerror(error));

    FILE *in = fopen(argv[2], "rb");
    if (!in)
        return fail(argv[2], strerror(errno));
    FILE *out = fopen(argv[3], "wb");
    if (!out)
        return fail(argv[3], strerror(errno));
    if (enhance(state, in, out) != 0 || fclose(out) != 0)
        return fail("reading or writing", strerror(errno));

    fclose(in);
    percepnet_destroy(state);
    percepnet_model_destroy(model);
    free(blob);
    return 0;
}
