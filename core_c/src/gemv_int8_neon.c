/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with NEON: eight weights, four of each of two rows, are multiplied at a time, their products and
 * those of the next column block added in 16 bits, which 7-bit activations allow, then neighbours in 32.
 */
#include "processor.h"

#if defined(PERCEPNET_NEON)
#include <arm_neon.h>
#include <string.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
#define PAIRS (ROWS / 2) /* of rows */
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

static inline int8x8_t spread4(const uint8_t *u)
{
    int32_t four;
    memcpy(&four, u, sizeof four);
    return vreinterpret_s8_s32(vdup_n_s32(four));
}

#define TARGET
#define TURNS 1

typedef struct Sums { /* of two rows each: columns 0 and 1, columns 2 and 3; then of the other row */
    int32x4_t pairs[PAIRS];
} Sums;

static inline Sums no_sums(void)
{
    const int32x4_t zero = vdupq_n_s32(0);
    return (Sums){{zero, zero, zero, zero}};
}

static inline Sums add_block(Sums s, const int8_t *weights, const uint8_t *u)
{
    const int8x8_t x = spread4(u);
    for (int i = 0; i < PAIRS; i++)
        s.pairs[i] = vpadalq_s16(s.pairs[i], vmull_s8(vld1_s8(weights + 2 * COLUMNS * i), x));
    return s;
}

static inline Sums add_sums(Sums a, Sums b)
{
    for (int i = 0; i < PAIRS; i++)
        a.pairs[i] = vaddq_s32(a.pairs[i], b.pairs[i]);
    return a;
}

static inline void store_rows(int32_t *out, const int32_t *offset, Sums s)
{
    for (int i = 0; i < 2; i++)
        vst1q_s32(out + 4 * i, vaddq_s32(vld1q_s32(offset + 4 * i), vpaddq_s32(s.pairs[2 * i], s.pairs[2 * i + 1])));
}

/* Two blocks side by side. */
static inline Sums add_two_blocks(Sums s, const int8_t *weights, const uint8_t *u)
{
    const int8x8_t x = spread4(u), y = spread4(u + COLUMNS);
    for (int i = 0; i < PAIRS; i++) {
        const int8_t *w = weights + 2 * COLUMNS * i;
        s.pairs[i] = vpadalq_s16(s.pairs[i], vmlal_s8(vmull_s8(vld1_s8(w), x), vld1_s8(w + BLOCK), y));
    }
    return s;
}

void percepnet_gemv_int8_neon(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                              int columns)
{
    for (int row = 0; row < rows; row += ROWS) {
        Sums sum = no_sums();
        int column = 0;
        for (; column + 2 * COLUMNS <= columns; column += 2 * COLUMNS, weights += 2 * BLOCK)
            sum = add_two_blocks(sum, weights, u + column);
        for (; column < columns; column += COLUMNS, weights += BLOCK)
            sum = add_block(sum, weights, u + column);
        store_rows(out + row, offset + row, sum);
    }
}

#include "gemv_int8_sparse_rows.h"

void percepnet_gemv_int8_sparse_neon(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                     const int32_t *offset, int rows, int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
