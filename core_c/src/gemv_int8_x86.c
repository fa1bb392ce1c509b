/* SPDX-License-Identifier: BSD-2-Clause
 * percepnet_gemv_int8 for x86: SSE2 is every 64-bit processor's; AVX2 where the build asks for it (-mavx2).
 */
#if defined(__SSE2__)
#include <immintrin.h>
#include <string.h>

#include "constants.h"
#include "gemv_int8.h"

#define BLOCK (PERCEPNET_ROW_BLOCK * PERCEPNET_COLUMN_BLOCK)
_Static_assert(PERCEPNET_ROW_BLOCK == 8 && PERCEPNET_COLUMN_BLOCK == 4, "this kernel is written for 8 x 4 blocks");

static inline int32_t load4(const uint8_t *u)
{
    int32_t four;
    memcpy(&four, u, sizeof four);
    return four;
}

#if defined(__AVX2__)

void percepnet_gemv_int8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                         int columns)
{
    const __m256i ones = _mm256_set1_epi16(1);
    for (int row = 0; row < rows; row += PERCEPNET_ROW_BLOCK) {
        __m256i sum = _mm256_loadu_si256((const __m256i *)(offset + row));
        for (int column = 0; column < columns; column += PERCEPNET_COLUMN_BLOCK, weights += BLOCK) {
            const __m256i x = _mm256_set1_epi32(load4(u + column));
            const __m256i pairs = _mm256_maddubs_epi16(x, _mm256_loadu_si256((const __m256i *)weights));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, ones));
        }
        _mm256_storeu_si256((__m256i *)(out + row), sum);
    }
}

const char *percepnet_gemv_int8_variant(void) { return "avx2"; }

#else

/* Sixteen weights (four rows of four columns) times x: sums of neighbouring products, two per row. */
static inline void dot_four_rows(__m128i *top, __m128i *bottom, const int8_t *weights, __m128i x)
{
    const __m128i w = _mm_loadu_si128((const __m128i *)weights);
    const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(w, w), 8), high = _mm_srai_epi16(_mm_unpackhi_epi8(w, w), 8);
    *top = _mm_add_epi32(*top, _mm_madd_epi16(low, x));
    *bottom = _mm_add_epi32(*bottom, _mm_madd_epi16(high, x));
}

/* Adds neighbours: (a0 + a1, a2 + a3, b0 + b1, b2 + b3). */
static inline __m128i add_pairs(__m128i a, __m128i b)
{
    const __m128 x = _mm_castsi128_ps(a), y = _mm_castsi128_ps(b);
    return _mm_add_epi32(_mm_castps_si128(_mm_shuffle_ps(x, y, _MM_SHUFFLE(2, 0, 2, 0))),
                         _mm_castps_si128(_mm_shuffle_ps(x, y, _MM_SHUFFLE(3, 1, 3, 1))));
}

void percepnet_gemv_int8(int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                         int columns)
{
    const __m128i zero = _mm_setzero_si128();
    for (int row = 0; row < rows; row += PERCEPNET_ROW_BLOCK) {
        __m128i a = zero, b = zero, c = zero, d = zero;
        for (int column = 0; column < columns; column += PERCEPNET_COLUMN_BLOCK, weights += BLOCK) {
            const __m128i x = _mm_unpacklo_epi8(_mm_set1_epi32(load4(u + column)), zero);
            dot_four_rows(&a, &b, weights, x);
            dot_four_rows(&c, &d, weights + 16, x);
        }
        const __m128i top = _mm_loadu_si128((const __m128i *)(offset + row));
        const __m128i bottom = _mm_loadu_si128((const __m128i *)(offset + row + 4));
        _mm_storeu_si128((__m128i *)(out + row), _mm_add_epi32(top, add_pairs(a, b)));
        _mm_storeu_si128((__m128i *)(out + row + 4), _mm_add_epi32(bottom, add_pairs(c, d)));
    }
}

const char *percepnet_gemv_int8_variant(void) { return "sse2"; }

#endif
#endif
