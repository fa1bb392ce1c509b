/* SPDX-License-Identifier: BSD-2-Clause
 * The product of gemv_int8.h where blocks of zeros are not stored: the same integers with less to read.
 *
 * weights: the blocks of ROW_BLOCK rows x COLUMN_BLOCK columns that are there, row blocks outermost.
 * blocks:  how many there are in each of the rows / ROW_BLOCK row blocks; then the first column of each.
 */
#ifndef PERCEPNET_GEMV_INT8_SPARSE_H
#define PERCEPNET_GEMV_INT8_SPARSE_H

#include <stdint.h>

/* The definition, in plain C. */
void percepnet_gemv_int8_sparse_plain(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                      const int32_t *offset, int rows);

/* The fastest this build has; the same result. */
void percepnet_gemv_int8_sparse(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                const int32_t *offset, int rows);

#endif
