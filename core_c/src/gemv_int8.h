/* SPDX-License-Identifier: BSD-2-Clause
 * Matrix-vector product of int8 weights and 7-bit activations; exact, so every implementation gives the same integers.
 *
 * weights: blocks of ROW_BLOCK rows x COLUMN_BLOCK columns, row blocks outermost; rows and columns are multiples. For
 *          simd128 they are turned.
 * u:       activations 0..127, at most MAX_INPUTS. 7 bits keep every sum of two products within 16 bits signed.
 * offset:  what each sum starts from: -ACTIVATION_ZERO times the row's sum of weights, the zero point of u.
 */
#ifndef PERCEPNET_GEMV_INT8_H
#define PERCEPNET_GEMV_INT8_H

#include <stddef.h>
#include <stdint.h>

#include "gemv_int8_sparse.h"

/* Turned weights have 128 added in even columns, as 8 bits, so that turned twice they are as before;
 * gemv_int8_simd128.c says why. A build for simd128 turns a model's in place when it is prepared; its plain kernel,
 * which only tests use, takes them as they are. */
#if defined(__wasm_simd128__) && !defined(PERCEPNET_RELAXED_SIMD)
#define PERCEPNET_TURNED_WEIGHTS 1
void percepnet_gemv_int8_turn(int8_t *weights, size_t count); /* whole blocks */
#endif

typedef void PercepNetGemvInt8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                               int columns);

/* The fastest that this build has and this processor can run. */
PercepNetGemvInt8 percepnet_gemv_int8;

/* Everything that this build has: first the definition, in plain C, last the fastest. */
typedef struct PercepNetGemvInt8Kernel {
    const char *name; /* "plain", or as in gemv_int8_<name>.c */
    PercepNetGemvInt8 *run;
    PercepNetGemvInt8Sparse *run_sparse;
    int (*is_possible)(void); /* does this processor run it? NULL: wherever the build does */
} PercepNetGemvInt8Kernel;

extern const PercepNetGemvInt8Kernel percepnet_gemv_int8_kernels[];
extern const int percepnet_num_gemv_int8_kernels;

/* Which of them percepnet_gemv_int8 is, by name. */
const char *percepnet_gemv_int8_variant(void);

/* Whether each is there depends on the compiler: gemv_int8_choice.c. */
PercepNetGemvInt8 percepnet_gemv_int8_plain;
PercepNetGemvInt8 percepnet_gemv_int8_simd128, percepnet_gemv_int8_relaxed;
PercepNetGemvInt8 percepnet_gemv_int8_sse2, percepnet_gemv_int8_avx2, percepnet_gemv_int8_avxvnni;
PercepNetGemvInt8 percepnet_gemv_int8_avx512vnni;
PercepNetGemvInt8 percepnet_gemv_int8_neon, percepnet_gemv_int8_dotprod;

#endif
