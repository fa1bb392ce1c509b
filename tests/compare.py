"""How results are compared: to the bit, or by their signal-to-noise ratio."""

import numpy as np

FAINT = 1e-30  # errors this small are ignored: at -600 dB float32 runs out of digits


def assert_same_bits(found, expected, what):
    """Fails with the first element that differs, and by how much all do."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, not {expected.shape}"
    if found.astype(expected.dtype).tobytes() == expected.tobytes():
        return
    kind = f"i{expected.dtype.itemsize}"
    bad = np.flatnonzero(found.astype(expected.dtype).ravel().view(kind) != expected.ravel().view(kind))
    at = bad[0]
    raise AssertionError(
        f"{what}: {bad.size} of {expected.size} differ, first at {at}: {found.ravel()[at]!r}, "
        f"not {expected.ravel()[at]!r} (SNR {snr_db(found, expected):.1f} dB)"
    )


def snr_db(found, expected):
    """Energy of `expected` over that of the error, dB; infinite without one."""
    error = np.asarray(found, float) - np.asarray(expected, float)
    error[np.abs(error) < FAINT] = 0
    if not error.any():
        return np.inf
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(np.sum(np.square(expected, dtype=float)) / np.sum(error**2)))
