/* SPDX-License-Identifier: BSD-2-Clause */
#include "fft.h"

#include "lanes.h"
#include "tables.h"

#define HALF (PERCEPNET_WINDOW_SIZE / 2)

typedef struct Complex { /* four complex numbers */
    Lanes re, im;
} Complex;

static inline Complex add(Complex a, Complex b) { return (Complex){a.re + b.re, a.im + b.im}; }
static inline Complex sub(Complex a, Complex b) { return (Complex){a.re - b.re, a.im - b.im}; }
static inline Complex scale(float s, Complex a) { return (Complex){s * a.re, s * a.im}; }
static inline Complex sub_i(Complex a, Complex b) { return (Complex){a.re + b.im, a.im - b.re}; } /* a - i b */
static inline Complex add_i(Complex a, Complex b) { return (Complex){a.re - b.im, a.im + b.re}; } /* a + i b */

/* x[0..radix-1] becomes its own DFT. */
static inline void butterfly(int radix, Complex *x)
{
    if (radix == 2) {
        const Complex a = x[0];
        x[0] = add(a, x[1]);
        x[1] = sub(a, x[1]);
    } else if (radix == 3) {
        const Complex sum = add(x[1], x[2]);
        const Complex mid = sub(x[0], scale(0.5f, sum)), dif = scale(PERCEPNET_SIN_60, sub(x[1], x[2]));
        x[0] = add(x[0], sum);
        x[1] = sub_i(mid, dif);
        x[2] = add_i(mid, dif);
    } else if (radix == 4) {
        const Complex a = add(x[0], x[2]), b = sub(x[0], x[2]), c = add(x[1], x[3]), d = sub(x[1], x[3]);
        x[0] = add(a, c);
        x[1] = sub_i(b, d);
        x[2] = sub(a, c);
        x[3] = add_i(b, d);
    } else {
        const Complex a = add(x[1], x[4]), b = add(x[2], x[3]), c = sub(x[1], x[4]), d = sub(x[2], x[3]);
        const Complex e = sub(add(x[0], scale(PERCEPNET_COS_72, a)), scale(PERCEPNET_COS_36, b));
        const Complex f = add(sub(x[0], scale(PERCEPNET_COS_36, a)), scale(PERCEPNET_COS_72, b));
        const Complex s = add(scale(PERCEPNET_SIN_72, c), scale(PERCEPNET_SIN_36, d)), t = sub(scale(PERCEPNET_SIN_36, c), scale(PERCEPNET_SIN_72, d));
        x[0] = add(x[0], add(a, b));
        x[1] = sub_i(e, s);
        x[2] = sub_i(f, t);
        x[3] = add_i(f, t);
        x[4] = add_i(e, s);
    }
}

/* Twiddles of four neighbouring columns: stride 1 has one each, longer strides share one. */
static inline Lanes twiddles(int stride, const float *table) { return stride == 1 ? lanes_load(table) : lanes_all(*table); }

/* Four results where they belong: side by side, or a radix apart for stride 1. */
static inline void put(int radix, int stride, float *out, Lanes x)
{
    if (stride > 1)
        lanes_store(out, x);
    else
        for (int l = 0; l < 4; l++)
            out[radix * l] = x[l];
}

/* One Stockham pass: in[k][p][q] -> out[p][k][q], k < radix, p < m, q < stride, four columns i = p stride + q at a time;
 * twiddles only where m > 1. */
static inline void pass(int radix, int stride, float *out_re, float *out_im, const float *re, const float *im,
                        const float *cos, const float *sin)
{
    const int m = HALF / (radix * stride);
    for (int i = 0; i < m * stride; i += 4) {
        const int p = i / stride, to = p * radix * stride + i % stride;
        Complex x[5];
        for (int k = 0; k < radix; k++)
            x[k] = (Complex){lanes_load(re + k * m * stride + i), lanes_load(im + k * m * stride + i)};
        butterfly(radix, x);
        for (int k = 0; k < radix; k++) {
            Complex y = x[k];
            if (k > 0 && m > 1) {
                const Lanes c = twiddles(stride, cos + (k - 1) * m + p), s = twiddles(stride, sin + (k - 1) * m + p);
                y = (Complex){y.re * c - y.im * s, y.re * s + y.im * c};
            }
            put(radix, stride, out_re + to + k * stride, y.re);
            put(radix, stride, out_im + to + k * stride, y.im);
        }
    }
}

/* Where the twiddles of each pass begin: (radix - 1) m of them per pass. */
enum { TWIDDLES_2 = 3 * 120, TWIDDLES_3 = TWIDDLES_2 + 3 * 30, TWIDDLES_4 = TWIDDLES_3 + 4 * 6 };

/* sum_n x(n) exp(-2 pi i k n / HALF), unscaled; the result is in (re, im), (work_re, work_im) is overwritten. */
static void complex_fft(float *re, float *im, float *work_re, float *work_im)
{
    const float *c = percepnet_fft_cos, *s = percepnet_fft_sin;
    pass(4, 1, work_re, work_im, re, im, c, s);
    pass(4, 4, re, im, work_re, work_im, c + TWIDDLES_2, s + TWIDDLES_2);
    pass(5, 16, work_re, work_im, re, im, c + TWIDDLES_3, s + TWIDDLES_3);
    pass(3, 80, re, im, work_re, work_im, c + TWIDDLES_4, s + TWIDDLES_4);
    pass(2, 240, work_re, work_im, re, im, c, s);
    for (int k = 0; k < HALF; k++) {
        re[k] = work_re[k];
        im[k] = work_im[k];
    }
}

void percepnet_rfft(float X[2][PERCEPNET_NUM_BINS], const float x[PERCEPNET_WINDOW_SIZE])
{
    float re[HALF], im[HALF], work_re[HALF], work_im[HALF];
    for (int n = 0; n < HALF; n++) {
        re[n] = x[2 * n];
        im[n] = x[2 * n + 1];
    }
    complex_fft(re, im, work_re, work_im);
    for (int k = 0; k <= HALF; k++) {
        const int i = k < HALF ? k : 0, j = k > 0 ? HALF - k : 0;
        const float even_re = re[i] + re[j], even_im = im[i] - im[j], odd_re = im[i] + im[j], odd_im = re[j] - re[i];
        const float c = percepnet_split_cos[k], s = percepnet_split_sin[k];
        X[0][k] = 0.5f * (even_re + (odd_re * c - odd_im * s));
        X[1][k] = 0.5f * (even_im + (odd_re * s + odd_im * c));
    }
}

void percepnet_irfft(float x[PERCEPNET_WINDOW_SIZE], const float X[2][PERCEPNET_NUM_BINS])
{
    float re[HALF], im[HALF], work_re[HALF], work_im[HALF];
    for (int k = 0; k < HALF; k++) {
        const float even_re = X[0][k] + X[0][HALF - k], even_im = X[1][k] - X[1][HALF - k];
        const float dif_re = X[0][k] - X[0][HALF - k], dif_im = X[1][k] + X[1][HALF - k];
        const float c = percepnet_split_cos[k], s = percepnet_split_sin[k];
        const float odd_re = dif_re * c + dif_im * s, odd_im = dif_im * c - dif_re * s;
        re[k] = even_im + odd_re; /* swapping the parts before and after turns the FFT into its inverse */
        im[k] = even_re - odd_im;
    }
    complex_fft(re, im, work_re, work_im);
    for (int n = 0; n < HALF; n++) {
        x[2 * n] = im[n];
        x[2 * n + 1] = re[n];
    }
}
