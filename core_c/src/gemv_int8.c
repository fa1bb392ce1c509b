/* SPDX-License-Identifier: BSD-2-Clause */
#include "gemv_int8.h"

#include "constants.h"
#include "gemv_int8_sparse.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK

void percepnet_gemv_int8_plain(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                               int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        int32_t sum[ROWS];
        for (int i = 0; i < ROWS; i++)
            sum[i] = offset[row + i];
        for (int column = 0; column < columns; column += COLUMNS, weights += ROWS * COLUMNS)
            for (int i = 0; i < ROWS; i++)
                for (int j = 0; j < COLUMNS; j++)
                    sum[i] += weights[COLUMNS * i + j] * u[column + j];
        for (int i = 0; i < ROWS; i++)
            out[row + i] = sum[i];
    }
}

void percepnet_gemv_int8_sparse_plain(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                      const int32_t *offset, int rows, int columns)
{
    (void)columns;
    const uint16_t *column = blocks + rows / ROWS;
    for (int row = 0; row < rows; row += ROWS) {
        int32_t sum[ROWS];
        for (int i = 0; i < ROWS; i++)
            sum[i] = offset[row + i];
        for (int k = 0; k < blocks[row / ROWS]; k++, column++, weights += ROWS * COLUMNS)
            for (int i = 0; i < ROWS; i++)
                for (int j = 0; j < COLUMNS; j++)
                    sum[i] += weights[COLUMNS * i + j] * u[*column + j];
        for (int i = 0; i < ROWS; i++)
            out[row + i] = sum[i];
    }
}
