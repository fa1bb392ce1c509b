"""Real FFT of WINDOW_SIZE samples: a complex FFT of half the size (Stockham, radices 4 4 5 3 2) and a split."""

import numpy as np

from .constants import COS_36, COS_72, NUM_BINS, SIN_36, SIN_60, SIN_72, WINDOW_SIZE
from .tables import FFT_COS, FFT_SIN, SPLIT_COS, SPLIT_SIN

HALF = WINDOW_SIZE // 2


def butterfly2(re, im):
    return [(re[0] + re[1], im[0] + im[1]), (re[0] - re[1], im[0] - im[1])]


def butterfly3(re, im):
    sum_re, sum_im = re[1] + re[2], im[1] + im[2]
    mid_re, mid_im = re[0] - re.dtype.type(0.5) * sum_re, im[0] - re.dtype.type(0.5) * sum_im
    dif_re, dif_im = SIN_60 * (re[1] - re[2]), SIN_60 * (im[1] - im[2])
    return [(re[0] + sum_re, im[0] + sum_im), (mid_re + dif_im, mid_im - dif_re), (mid_re - dif_im, mid_im + dif_re)]


def butterfly4(re, im):
    a_re, a_im, b_re, b_im = re[0] + re[2], im[0] + im[2], re[0] - re[2], im[0] - im[2]
    c_re, c_im, d_re, d_im = re[1] + re[3], im[1] + im[3], re[1] - re[3], im[1] - im[3]
    even = [(a_re + c_re, a_im + c_im), (a_re - c_re, a_im - c_im)]
    return [even[0], (b_re + d_im, b_im - d_re), even[1], (b_re - d_im, b_im + d_re)]


def butterfly5(re, im):
    a_re, a_im, b_re, b_im = re[1] + re[4], im[1] + im[4], re[2] + re[3], im[2] + im[3]
    c_re, c_im, d_re, d_im = re[1] - re[4], im[1] - im[4], re[2] - re[3], im[2] - im[3]
    e_re, e_im = (re[0] + COS_72 * a_re) - COS_36 * b_re, (im[0] + COS_72 * a_im) - COS_36 * b_im
    f_re, f_im = (re[0] - COS_36 * a_re) + COS_72 * b_re, (im[0] - COS_36 * a_im) + COS_72 * b_im
    s_re, s_im = SIN_72 * c_re + SIN_36 * d_re, SIN_72 * c_im + SIN_36 * d_im
    t_re, t_im = SIN_36 * c_re - SIN_72 * d_re, SIN_36 * c_im - SIN_72 * d_im
    return [
        (re[0] + (a_re + b_re), im[0] + (a_im + b_im)),
        (e_re + s_im, e_im - s_re),
        (f_re + t_im, f_im - t_re),
        (f_re - t_im, f_im + t_re),
        (e_re - s_im, e_im + s_re),
    ]


def fft_pass(butterfly, radix, re, im, stride, cos, sin):
    """One Stockham pass: input (radix, m, stride), output (m, radix, stride); twiddles only where m > 1."""
    m = HALF // (radix * stride)
    out_re, out_im = np.empty((2, m, radix, stride), re.dtype)
    for k, (x_re, x_im) in enumerate(butterfly(re.reshape(radix, m, stride), im.reshape(radix, m, stride))):
        if k > 0 and m > 1:
            c, s = cos[k - 1][:, None], sin[k - 1][:, None]
            x_re, x_im = x_re * c - x_im * s, x_re * s + x_im * c
        out_re[:, k], out_im[:, k] = x_re, x_im
    return out_re.ravel(), out_im.ravel()


def complex_fft(re, im):
    """sum_n x(n) exp(-2 pi i k n / HALF), unscaled."""
    stride, at = 1, 0
    for butterfly, radix in ((butterfly4, 4), (butterfly4, 4), (butterfly5, 5), (butterfly3, 3), (butterfly2, 2)):
        m = HALF // (radix * stride)
        size = (radix - 1) * m if m > 1 else 0
        cos = FFT_COS[at : at + size].astype(re.dtype).reshape(radix - 1, -1)
        sin = FFT_SIN[at : at + size].astype(re.dtype).reshape(radix - 1, -1)
        re, im = fft_pass(butterfly, radix, re, im, stride, cos, sin)
        stride, at = stride * radix, at + size
    return re, im


def mirrored(z):
    """z[(HALF - k) mod HALF], k = 0..HALF."""
    return np.concatenate([z[:1], z[:0:-1], z[:1]])


def rfft(x):
    """Spectrum (re, im) of NUM_BINS bins of WINDOW_SIZE real samples, unscaled: shape (2, NUM_BINS)."""
    z_re, z_im = complex_fft(x[0::2], x[1::2])
    a_re, a_im = np.append(z_re, z_re[0]), np.append(z_im, z_im[0])
    b_re, b_im = mirrored(z_re), -mirrored(z_im)
    even_re, even_im = a_re + b_re, a_im + b_im
    odd_re, odd_im = a_im - b_im, b_re - a_re
    c, s = SPLIT_COS.astype(x.dtype), SPLIT_SIN.astype(x.dtype)
    half = x.dtype.type(0.5)
    X_re = half * (even_re + (odd_re * c - odd_im * s))
    X_im = half * (even_im + (odd_re * s + odd_im * c))
    return np.stack([X_re, X_im])


def irfft(X):
    """x(n) = sum_k X(k) exp(+2 pi i k n / N) over all N bins of the symmetric spectrum; X (2, NUM_BINS), unscaled."""
    a_re, a_im = X[0, :HALF], X[1, :HALF]
    b_re, b_im = X[0, NUM_BINS - 1 : 0 : -1], -X[1, NUM_BINS - 1 : 0 : -1]
    even_re, even_im, dif_re, dif_im = a_re + b_re, a_im + b_im, a_re - b_re, a_im - b_im
    c, s = SPLIT_COS[:HALF].astype(X.dtype), SPLIT_SIN[:HALF].astype(X.dtype)
    odd_re, odd_im = dif_re * c + dif_im * s, dif_im * c - dif_re * s
    z_re, z_im = even_re - odd_im, even_im + odd_re
    x_im, x_re = complex_fft(z_im, z_re)  # swapping the parts before and after turns the FFT into its inverse
    return np.stack([x_re, x_im], axis=1).ravel()
