/* SPDX-License-Identifier: BSD-2-Clause */
#include "fft.h"

#include "tables.h"

#define HALF (PERCEPNET_WINDOW_SIZE / 2)

typedef struct Complex {
    float re, im;
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

/* One Stockham pass: in[k][p][q] -> out[p][k][q], k < radix, p < m, q < stride; twiddles only where m > 1. */
static inline void pass(int radix, int stride, float *out_re, float *out_im, const float *re, const float *im,
                        const float *cos, const float *sin)
{
    const int m = HALF / (radix * stride);
    for (int p = 0; p < m; p++)
        for (int q = 0; q < stride; q++) {
            Complex x[5];
            for (int k = 0; k < radix; k++)
                x[k] = (Complex){re[(k * m + p) * stride + q], im[(k * m + p) * stride + q]};
            butterfly(radix, x);
            for (int k = 0; k < radix; k++) {
                Complex y = x[k];
                if (k > 0 && m > 1) {
                    const float c = cos[(k - 1) * m + p], s = sin[(k - 1) * m + p];
                    y = (Complex){y.re * c - y.im * s, y.re * s + y.im * c};
                }
                out_re[(p * radix + k) * stride + q] = y.re;
                out_im[(p * radix + k) * stride + q] = y.im;
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
        const Complex a = {re[i], im[i]}, b = {re[j], -im[j]};
        const Complex even = add(a, b), odd = {a.im - b.im, b.re - a.re};
        const float c = percepnet_split_cos[k], s = percepnet_split_sin[k];
        X[0][k] = 0.5f * (even.re + (odd.re * c - odd.im * s));
        X[1][k] = 0.5f * (even.im + (odd.re * s + odd.im * c));
    }
}

void percepnet_irfft(float x[PERCEPNET_WINDOW_SIZE], const float X[2][PERCEPNET_NUM_BINS])
{
    float re[HALF], im[HALF], work_re[HALF], work_im[HALF];
    for (int k = 0; k < HALF; k++) {
        const Complex a = {X[0][k], X[1][k]}, b = {X[0][HALF - k], -X[1][HALF - k]};
        const Complex even = add(a, b), dif = sub(a, b);
        const float c = percepnet_split_cos[k], s = percepnet_split_sin[k];
        const Complex odd = {dif.re * c + dif.im * s, dif.im * c - dif.re * s};
        const Complex z = add_i(even, odd);
        re[k] = z.im; /* swapping the parts before and after turns the FFT into its inverse */
        im[k] = z.re;
    }
    complex_fft(re, im, work_re, work_im);
    for (int n = 0; n < HALF; n++) {
        x[2 * n] = im[n];
        x[2 * n + 1] = re[n];
    }
}
