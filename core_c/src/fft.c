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
        const Complex s = add(scale(PERCEPNET_SIN_72, c), scale(PERCEPNET_SIN_36, d));
        const Complex t = sub(scale(PERCEPNET_SIN_36, c), scale(PERCEPNET_SIN_72, d));
        x[0] = add(x[0], add(a, b));
        x[1] = sub_i(e, s);
        x[2] = sub_i(f, t);
        x[3] = add_i(f, t);
        x[4] = add_i(e, s);
    }
}

static inline Complex load(const float *re, const float *im) { return (Complex){lanes_load(re), lanes_load(im)}; }

static inline void store(float *re, float *im, Complex x)
{
    lanes_store(re, x.re);
    lanes_store(im, x.im);
}

static inline Complex rotate(Complex x, Lanes cos, Lanes sin)
{
    return (Complex){x.re * cos - x.im * sin, x.re * sin + x.im * cos};
}

/* Columns of a 4 x 4 matrix of numbers become its rows, which are stored one after the other. */
static inline void store_transposed(float *out, Lanes a, Lanes b, Lanes c, Lanes d)
{
    const Lanes ac_low = lanes_zip_low(a, c), ac_high = lanes_zip_high(a, c);
    const Lanes bd_low = lanes_zip_low(b, d), bd_high = lanes_zip_high(b, d);
    lanes_store(out, lanes_zip_low(ac_low, bd_low));
    lanes_store(out + 4, lanes_zip_high(ac_low, bd_low));
    lanes_store(out + 8, lanes_zip_low(ac_high, bd_high));
    lanes_store(out + 12, lanes_zip_high(ac_high, bd_high));
}

/* A Stockham pass takes in[k][p][q] to out[p][k][q], k < radix, p < m, q < stride, with m radix stride = HALF; the DFT
 * is over k, and out[p][k] is rotated by the twiddle [k - 1][p]. This is the first pass: radix 4, stride 1. */
static void first_pass(float *out_re, float *out_im, const float *re, const float *im, const float *cos,
                       const float *sin)
{
    enum { m = HALF / 4 };
    for (int p = 0; p < m; p += 4) {
        Complex x[4];
        for (int k = 0; k < 4; k++)
            x[k] = load(re + k * m + p, im + k * m + p);
        butterfly(4, x);
        for (int k = 1; k < 4; k++)
            x[k] = rotate(x[k], lanes_load(cos + (k - 1) * m + p), lanes_load(sin + (k - 1) * m + p));
        store_transposed(out_re + 4 * p, x[0].re, x[1].re, x[2].re, x[3].re);
        store_transposed(out_im + 4 * p, x[0].im, x[1].im, x[2].im, x[3].im);
    }
}

/* The radix numbers at p and q, transformed and rotated. */
static inline void transform(Complex *x, int radix, int stride, int p, int q, const float *re, const float *im,
                             const float *cos, const float *sin)
{
    const int m = HALF / (radix * stride), at = p * stride + q;
    for (int k = 0; k < radix; k++)
        x[k] = load(re + k * m * stride + at, im + k * m * stride + at);
    butterfly(radix, x);
    for (int k = 1; k < radix; k++)
        x[k] = rotate(x[k], lanes_all(cos[(k - 1) * m + p]), lanes_all(sin[(k - 1) * m + p]));
}

/* A pass whose stride is a multiple of 4. */
static inline void pass(int radix, int stride, float *out_re, float *out_im, const float *re, const float *im,
                        const float *cos, const float *sin)
{
    for (int p = 0; p < HALF / (radix * stride); p++)
        for (int q = 0; q < stride; q += 4) {
            Complex x[5];
            transform(x, radix, stride, p, q, re, im, cos, sin);
            for (int k = 0; k < radix; k++)
                store(out_re + (p * radix + k) * stride + q, out_im + (p * radix + k) * stride + q, x[k]);
        }
}

/* The last two, of radix 3 with stride 80 and of radix 2 with stride 240, which needs no twiddles. */
static void last_passes(float *out_re, float *out_im, const float *re, const float *im, const float *cos,
                        const float *sin)
{
    enum { stride = HALF / 6 };
    for (int q = 0; q < stride; q += 4) {
        Complex x[3], y[3];
        transform(x, 3, stride, 0, q, re, im, cos, sin);
        transform(y, 3, stride, 1, q, re, im, cos, sin);
        for (int k = 0; k < 3; k++) {
            const int low = k * stride + q, high = low + HALF / 2;
            store(out_re + low, out_im + low, add(x[k], y[k]));
            store(out_re + high, out_im + high, sub(x[k], y[k]));
        }
    }
}

/* Where the twiddles of each pass begin: (radix - 1) m of them per pass. */
enum { TWIDDLES_2 = 3 * 120, TWIDDLES_3 = TWIDDLES_2 + 3 * 30, TWIDDLES_4 = TWIDDLES_3 + 4 * 6 };

/* sum_n x(n) exp(-2 pi i k n / HALF), unscaled, in place. */
static void complex_fft(float *re, float *im)
{
    const float *c = percepnet_fft_cos, *s = percepnet_fft_sin;
    float work_re[HALF], work_im[HALF];
    first_pass(work_re, work_im, re, im, c, s);
    pass(4, 4, re, im, work_re, work_im, c + TWIDDLES_2, s + TWIDDLES_2);
    pass(5, 16, work_re, work_im, re, im, c + TWIDDLES_3, s + TWIDDLES_3);
    last_passes(re, im, work_re, work_im, c + TWIDDLES_4, s + TWIDDLES_4);
}

void percepnet_rfft(float X[2][PERCEPNET_NUM_BINS], const float x[PERCEPNET_WINDOW_SIZE],
                    const float window[PERCEPNET_WINDOW_SIZE])
{
    float re[HALF + 1], im[HALF + 1];
    for (int n = 0; n < HALF; n += 4) {
        const Lanes low = lanes_load(x + 2 * n) * lanes_load(window + 2 * n);
        const Lanes high = lanes_load(x + 2 * n + 4) * lanes_load(window + 2 * n + 4);
        store(re + n, im + n, (Complex){lanes_even(low, high), lanes_odd(low, high)});
    }
    complex_fft(re, im);
    re[HALF] = re[0];
    im[HALF] = im[0];
    for (int n = 0; n <= HALF; n += 4) {
        const int k = lanes_start(n, HALF + 1), mirrored = HALF - 3 - k;
        const Complex a = load(re + k, im + k);
        const Complex b = {lanes_reverse(lanes_load(re + mirrored)), lanes_reverse(lanes_load(im + mirrored))};
        const Complex even = {a.re + b.re, a.im - b.im};
        const Complex odd = rotate((Complex){a.im + b.im, b.re - a.re}, lanes_load(percepnet_split_cos + k),
                                   lanes_load(percepnet_split_sin + k));
        store(X[0] + k, X[1] + k, scale(0.5f, add(even, odd)));
    }
}

void percepnet_irfft(float x[PERCEPNET_WINDOW_SIZE], const float X[2][PERCEPNET_NUM_BINS],
                     const float window[PERCEPNET_WINDOW_SIZE])
{
    float re[HALF], im[HALF];
    for (int k = 0; k < HALF; k += 4) {
        const int mirrored = HALF - 3 - k;
        const Complex a = load(X[0] + k, X[1] + k);
        const Complex b = {lanes_reverse(lanes_load(X[0] + mirrored)), lanes_reverse(lanes_load(X[1] + mirrored))};
        const Complex even = {a.re + b.re, a.im - b.im}, dif = {a.re - b.re, a.im + b.im};
        const Lanes c = lanes_load(percepnet_split_cos + k), s = lanes_load(percepnet_split_sin + k);
        const Complex odd = {dif.re * c + dif.im * s, dif.im * c - dif.re * s};
        /* swapping the parts before and after turns the FFT into its inverse */
        store(re + k, im + k, (Complex){even.im + odd.re, even.re - odd.im});
    }
    complex_fft(re, im);
    for (int n = 0; n < HALF; n += 4) {
        const Complex z = load(re + n, im + n);
        lanes_store(x + 2 * n, lanes_zip_low(z.im, z.re) * lanes_load(window + 2 * n));
        lanes_store(x + 2 * n + 4, lanes_zip_high(z.im, z.re) * lanes_load(window + 2 * n + 4));
    }
}
