/* SPDX-License-Identifier: BSD-2-Clause
 * The sparse int8 product for a kernel file, which has defined before, for its instructions:
 *
 *   TARGET                  what marks a function that uses them
 *   TURNS                   so many sums of a row block take turns, which hides how long an addition takes
 *   Sums                    of the rows of one block, as far as added up
 *   Sums no_sums(void)
 *   Sums add_block(Sums, const int8_t *weights, const uint8_t *u)
 *   Sums add_sums(Sums, Sums)
 *   void store_rows(int32_t *out, const int32_t *offset, Sums)      offset + Sums, in the order of the rows
 */
TARGET static inline __attribute__((always_inline)) void sparse_rows(int32_t *out, const int8_t *weights,
                                                                     const uint16_t *blocks, const uint8_t *u,
                                                                     const int32_t *offset, int rows)
{
    const uint16_t *column = blocks + rows / ROWS;
    for (int row = 0; row < rows; row += ROWS) {
        const uint16_t *end = column + blocks[row / ROWS];
        Sums sum[TURNS];
        for (int i = 0; i < TURNS; i++)
            sum[i] = no_sums();
        for (; column + TURNS <= end; column += TURNS, weights += TURNS * BLOCK)
            for (int i = 0; i < TURNS; i++)
                sum[i] = add_block(sum[i], weights + BLOCK * i, u + column[i]);
        for (; column < end; column++, weights += BLOCK)
            sum[0] = add_block(sum[0], weights, u + *column);
        for (int i = 1; i < TURNS; i++)
            sum[0] = add_sums(sum[0], sum[i]);
        store_rows(out + row, offset + row, sum[0]);
    }
}
