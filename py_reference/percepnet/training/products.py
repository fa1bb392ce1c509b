"""How exactly matrices of float32 are multiplied: as fast as the processor can where that costs nothing."""

import torch

from .arithmetic import Arithmetic

FLOAT32_ERROR = 1e-5  # of a product of 256 terms, relative to its size; one in bfloat16 is off by a hundred times that


def use_fast_products(arithmetic: Arithmetic, device: torch.device) -> None:
    """Lets torch multiply in a cheaper format, but not in 8-bit arithmetic, where float32 is what makes it exact.

    On processors without matrix units for such formats "medium" is float32 all the same, only by a library that knows
    AVX-512 on every make; it is then used for both.
    """
    torch.set_float32_matmul_precision("medium")
    if arithmetic is Arithmetic.INT8 and _product_error(device) > FLOAT32_ERROR:
        torch.set_float32_matmul_precision("highest")


def _product_error(device: torch.device) -> float:
    a, b = (torch.randn(256, 256, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    exact = a.double() @ b.double()
    return float(((a.to(device) @ b.to(device)).cpu() - exact).abs().max() / exact.abs().max())
