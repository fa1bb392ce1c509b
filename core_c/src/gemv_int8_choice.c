/* SPDX-License-Identifier: BSD-2-Clause
 * Which int8 product runs: asked anew each time, which costs a few instructions and needs no state.
 */
#include <stddef.h>

#include "gemv_int8.h"
#include "processor.h"
#include "testing.h"

const PercepNetGemvInt8Kernel percepnet_gemv_int8_kernels[] = {
    {"plain", percepnet_gemv_int8_plain, percepnet_gemv_int8_sparse_plain, NULL},
#if defined(PERCEPNET_X86)
    {"sse2", percepnet_gemv_int8_sse2, percepnet_gemv_int8_sparse_sse2, NULL},
    {"avx2", percepnet_gemv_int8_avx2, percepnet_gemv_int8_sparse_avx2, percepnet_has_avx2},
#if defined(PERCEPNET_AVXVNNI)
    {"avxvnni", percepnet_gemv_int8_avxvnni, percepnet_gemv_int8_sparse_avxvnni, percepnet_has_avxvnni},
#endif
    {"avx512vnni", percepnet_gemv_int8_avx512vnni, percepnet_gemv_int8_sparse_avx512vnni, percepnet_has_avx512vnni},
#elif defined(PERCEPNET_NEON)
    {"neon", percepnet_gemv_int8_neon, percepnet_gemv_int8_sparse_neon, NULL},
#if defined(PERCEPNET_DOTPROD)
    {"dotprod", percepnet_gemv_int8_dotprod, percepnet_gemv_int8_sparse_dotprod, percepnet_has_dotprod},
#endif
#elif defined(PERCEPNET_RELAXED_SIMD)
    /* an engine without it refuses the whole module */
    {"relaxed", percepnet_gemv_int8_relaxed, percepnet_gemv_int8_sparse_relaxed, NULL},
#elif defined(__wasm_simd128__)
    {"simd128", percepnet_gemv_int8_simd128, percepnet_gemv_int8_sparse_simd128, NULL},
#endif
};
const int percepnet_num_gemv_int8_kernels = sizeof percepnet_gemv_int8_kernels / sizeof percepnet_gemv_int8_kernels[0];

#if defined(PERCEPNET_TESTING)
static const PercepNetGemvInt8Kernel *demanded;

void percepnet_testing_use_gemv_int8(int kernel)
{
    demanded = kernel ? &percepnet_gemv_int8_kernels[kernel - 1] : NULL;
}
#endif

static const PercepNetGemvInt8Kernel *choose(void)
{
#if defined(PERCEPNET_TESTING)
    if (demanded)
        return demanded;
#endif
    const PercepNetGemvInt8Kernel *kernel = percepnet_gemv_int8_kernels + percepnet_num_gemv_int8_kernels - 1;
    while (kernel->is_possible && !kernel->is_possible())
        kernel--;
    return kernel;
}

const char *percepnet_gemv_int8_variant(void) { return choose()->name; }

void percepnet_gemv_int8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                         int columns)
{
    choose()->run(out, weights, u, offset, rows, columns);
}

void percepnet_gemv_int8_sparse(int32_t *out, const int8_t *weights, const uint16_t *blocks, const uint8_t *u,
                                const int32_t *offset, int rows, int columns)
{
    choose()->run_sparse(out, weights, blocks, u, offset, rows, columns);
}
