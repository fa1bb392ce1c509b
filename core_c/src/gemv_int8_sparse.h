/* SPDX-License-Identifier: BSD-2-Clause
 * The product of gemv_int8.h where blocks of zeros are not stored: the same integers with less to read.
 *
 * weights: the blocks of ROW_BLOCK rows x COLUMN_BLOCK columns that are there, row blocks outermost.
 * blocks:  how many there are in each of the rows / ROW_BLOCK row blocks; then the first column of each.
 * columns: how many activations there are.
 */
#ifndef PERCEPNET_GEMV_INT8_SPARSE_H
#define PERCEPNET_GEMV_INT8_SPARSE_H

#include <stdint.h>

typedef void PercepNetGemvInt8Sparse(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                     const int32_t *offset, int rows, int columns);

/* The fastest that this build has and this processor can run; its name is percepnet_gemv_int8_variant(). */
PercepNetGemvInt8Sparse percepnet_gemv_int8_sparse;

/* One beside every kernel of gemv_int8.h, in the same file; the plain one is the definition. */
PercepNetGemvInt8Sparse percepnet_gemv_int8_sparse_plain;
PercepNetGemvInt8Sparse percepnet_gemv_int8_sparse_simd128, percepnet_gemv_int8_sparse_relaxed;
PercepNetGemvInt8Sparse percepnet_gemv_int8_sparse_sse2, percepnet_gemv_int8_sparse_avx2;
PercepNetGemvInt8Sparse percepnet_gemv_int8_sparse_avxvnni, percepnet_gemv_int8_sparse_avx512vnni;
PercepNetGemvInt8Sparse percepnet_gemv_int8_sparse_neon, percepnet_gemv_int8_sparse_dotprod;

#endif
