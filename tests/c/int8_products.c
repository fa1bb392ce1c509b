/* SPDX-License-Identifier: BSD-2-Clause
 *
 * int8_products: compares every int8 product that this processor can run with the definition, dense and with every second
 * block left out, and prints their names. Every array stands in a block of exactly its size, so that a sanitizer or an
 * emulator sees what is read beside it.
 */
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "constants.h"

enum { ROWS = PERCEPNET_ROW_BLOCK, COLUMNS = PERCEPNET_COLUMN_BLOCK, BLOCK = ROWS * COLUMNS, FILLS = 4 };

static const int shapes[][2] = {{8, 4}, {16, 12}, {24, 16}, {40, 20}, {56, 8}, {72, 36}, {192, 64}, {384, 128}};

static void *room(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        abort();
    return memory;
}

static unsigned noise(void)
{
    static unsigned x = 7;
    x = 1664525u * x + 1013904223u;
    return x >> 16;
}

/* Weights at the ends of their range, in turn, or of any size; then activations are of any size too. */
static int8_t weight(int fill, int i)
{
    const int signs[] = {1, -1, i % 2 ? 1 : -1};
    return (int8_t)(fill < 3 ? 127 * signs[fill] : (int)(noise() % 255) - 127);
}

static int differs(const PercepNetGemvInt8Kernel *kernel, int rows, int columns, int fill)
{
    const int row_blocks = rows / ROWS, kept = columns / COLUMNS / 2;
    int8_t *weights = room((size_t)(rows * columns)), *some = room((size_t)(row_blocks * kept * BLOCK) + 1);
    uint8_t *u = room((size_t)columns);
    int32_t *offset = room(sizeof *offset * (size_t)rows);
    int32_t *expected = room(sizeof *expected * (size_t)rows), *found = room(sizeof *found * (size_t)rows);
    uint16_t *blocks = room(sizeof *blocks * (size_t)(row_blocks * (1 + kept))), *column = blocks + row_blocks;
    for (int i = 0; i < rows * columns; i++)
        weights[i] = weight(fill, i);
    for (int i = 0; i < columns; i++)
        u[i] = (uint8_t)(fill < 3 ? 127 : noise() % 128);
    for (int i = 0; i < rows; i++)
        offset[i] = (int32_t)noise() - 32768;
    for (int i = 0; i < row_blocks; i++) {
        blocks[i] = (uint16_t)kept;
        for (int k = 0; k < kept; k++)
            *column++ = (uint16_t)(COLUMNS * (2 * k + 1));
    }
    memcpy(some, weights, (size_t)(row_blocks * kept * BLOCK));

    percepnet_gemv_int8_plain(expected, weights, u, offset, rows, columns);
    kernel->run(found, weights, u, offset, rows, columns);
    int different = memcmp(found, expected, sizeof *found * (size_t)rows);
    percepnet_gemv_int8_sparse_plain(expected, some, blocks, u, offset, rows, columns);
    kernel->run_sparse(found, some, blocks, u, offset, rows, columns);
    different |= memcmp(found, expected, sizeof *found * (size_t)rows);

    void *all[] = {weights, some, u, offset, expected, found, blocks};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
    return different;
}

int main(void)
{
    for (int k = 0; k < percepnet_num_gemv_int8_kernels; k++) {
        const PercepNetGemvInt8Kernel *kernel = &percepnet_gemv_int8_kernels[k];
        if (kernel->is_possible && !kernel->is_possible())
            continue;
        for (size_t i = 0; i < FILLS * sizeof shapes / sizeof shapes[0]; i++) {
            const int *shape = shapes[i / FILLS], fill = (int)(i % FILLS);
            if (differs(kernel, shape[0], shape[1], fill)) {
                fprintf(stderr, "%s: %d x %d, fill %d differs\n", kernel->name, shape[0], shape[1], fill);
                return 1;
            }
        }
        puts(kernel->name);
    }
    return 0;
}
