/* SPDX-License-Identifier: BSD-2-Clause
 * The dense int8 product for a kernel file, from the pieces that gemv_int8_sparse_rows.h asks for. One row block after
 * the other: weights come in the order in which they lie in memory, which is what processors fetch ahead. (Several row
 * blocks at a time load activations once for all, but come from memory at half the rate.)
 */
TARGET static inline __attribute__((always_inline)) void dense_rows(int32_t *out, const int8_t *weights,
                                                                    const uint8_t *u, const int32_t *offset, int rows,
                                                                    int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        int column = 0;
        Sums sum[TURNS];
        for (int i = 0; i < TURNS; i++)
            sum[i] = no_sums();
        for (; column + TURNS * COLUMNS <= columns; column += TURNS * COLUMNS, weights += TURNS * BLOCK)
            for (int i = 0; i < TURNS; i++)
                sum[i] = add_block(sum[i], weights + BLOCK * i, u + column + COLUMNS * i);
        for (; column < columns; column += COLUMNS, weights += BLOCK)
            sum[0] = add_block(sum[0], weights, u + column);
        for (int i = 1; i < TURNS; i++)
            sum[0] = add_sums(sum[0], sum[i]);
        store_rows(out + row, offset + row, sum[0]);
    }
}
