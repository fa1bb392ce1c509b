/* SPDX-License-Identifier: BSD-2-Clause
 * The int8 product with the dot product of ARMv8.2: four rows of a block are one register, each lane a row.
 */
#include "processor.h"

#if defined(PERCEPNET_DOTPROD)
#include <arm_neon.h>
#include <string.h>

#include "constants.h"
#include "gemv_int8.h"
#include "gemv_int8_sparse.h"

#define ROWS PERCEPNET_ROW_BLOCK
#define COLUMNS PERCEPNET_COLUMN_BLOCK
#define BLOCK (ROWS * COLUMNS)
_Static_assert(ROWS == 8 && COLUMNS == 4, "this kernel is written for 8 x 4 blocks");

static inline int8x16_t spread4(const uint8_t *u)
{
    int32_t four;
    memcpy(&four, u, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
}

#define TARGET PERCEPNET_DOTPROD
#define TURNS 4

typedef struct Sums { /* of the upper and the lower four rows */
    int32x4_t upper, lower;
} Sums;

static inline Sums no_sums(void) { return (Sums){vdupq_n_s32(0), vdupq_n_s32(0)}; }

PERCEPNET_DOTPROD static inline Sums add_block(Sums s, const int8_t *weights, const uint8_t *u)
{
    const int8x16_t x = spread4(u);
    return (Sums){vdotq_s32(s.upper, vld1q_s8(weights), x), vdotq_s32(s.lower, vld1q_s8(weights + BLOCK / 2), x)};
}

static inline Sums add_sums(Sums a, Sums b)
{
    return (Sums){vaddq_s32(a.upper, b.upper), vaddq_s32(a.lower, b.lower)};
}

static inline void store_rows(int32_t *out, const int32_t *offset, Sums s)
{
    vst1q_s32(out, vaddq_s32(vld1q_s32(offset), s.upper));
    vst1q_s32(out + 4, vaddq_s32(vld1q_s32(offset + 4), s.lower));
}

#include "gemv_int8_dense_rows.h"
#include "gemv_int8_sparse_rows.h"

PERCEPNET_DOTPROD void percepnet_gemv_int8_dotprod(int32_t *out, const int8_t *weights, const uint8_t *u,
                                                   const int32_t *offset, int rows, int columns)
{
    dense_rows(out, weights, u, offset, rows, columns);
}

PERCEPNET_DOTPROD void percepnet_gemv_int8_sparse_dotprod(int32_t *out, const int8_t *weights, const uint16_t *blocks,
                                                          const uint8_t *u, const int32_t *offset, int rows,
                                                          int columns)
{
    (void)columns;
    sparse_rows(out, weights, blocks, u, offset, rows);
}
#endif
