"""A gated recurrent unit over whole sequences with its backward pass, in any Arithmetic.

Gates come in the order z, r, n, and z keeps the old state: h' = n + z (h - n).
"""

import torch

from ..constants import ACTIVATION_SCALE

from .arithmetic import Arithmetic
from .quantise import integer_activation


class GruSequence(torch.autograd.Function):
    """apply(a, weight, bias, arithmetic) -> h.

    a: (T, B, 3H) input products with their bias. weight: (3H, H), bias: (3H,) of the recurrent product.
    arithmetic: in INT8 the recurrent product sees states rounded to 7 bits; gradients pass that rounding unchanged.
    h: (T, B, H); the state before the first step is 0.
    """

    @staticmethod
    def forward(ctx, a, weight, bias, arithmetic):
        steps, batch, size = a.shape[0], a.shape[1], a.shape[2] // 3
        weight, bias = (x.to(arithmetic.dtype or x.dtype) for x in (weight, bias))
        h = a.new_zeros(steps + 1, batch, size)
        rounded = arithmetic is not Arithmetic.FLOAT
        seen = torch.zeros_like(h, dtype=weight.dtype) if rounded else h  # the state as the recurrent product sees it
        b, gates = torch.empty_like(a, dtype=weight.dtype), torch.empty_like(a)  # recurrent products; z, r, n
        transposed = weight.t().contiguous()
        a_zr, a_n = _rows(a[:, :, : 2 * size]), _rows(a[:, :, 2 * size :])
        b_zr, b_n = _rows(b[:, :, : 2 * size]), _rows(b[:, :, 2 * size :])
        zr, n = _rows(gates[:, :, : 2 * size]), _rows(gates[:, :, 2 * size :])
        z, r = _rows(gates[:, :, :size]), _rows(gates[:, :, size : 2 * size])
        for t, (b_t, seen_t, h_t, h_next) in enumerate(
            zip(_rows(b), _rows(seen), _rows(h), _rows(h)[1:], strict=False)
        ):
            torch.addmm(bias, seen_t, transposed, out=b_t)
            torch.sigmoid(torch.add(a_zr[t], b_zr[t]), out=zr[t])
            torch.tanh(torch.add(a_n[t], r[t] * b_n[t]), out=n[t])
            torch.lerp(n[t], h_t, z[t], out=h_next)
            if arithmetic is Arithmetic.INT8:
                seen[t + 1] = integer_activation(h_next) / ACTIVATION_SCALE
            elif arithmetic is Arithmetic.HALF:
                seen[t + 1] = h_next
        ctx.save_for_backward(weight, h, seen, gates, b)
        return h[1:]

    @staticmethod
    def backward(ctx, grad_h):
        weight, h, seen, gates, b = ctx.saved_tensors
        size = h.shape[2]
        z, r, n = gates.split(size, dim=2)
        to_z = _rows((h[:-1] - n) * z * (1 - z))
        to_n = _rows((1 - z) * (1 - n * n))
        to_r = _rows(b[:, :, 2 * size :] * r * (1 - r))
        grad_a, grad_b = torch.empty_like(gates), torch.empty_like(b)
        a_n, b_rows = _rows(grad_a[:, :, 2 * size :]), _rows(grad_b)
        b_z, b_r, b_n = (_rows(part) for part in grad_b.split(size, dim=2))
        carry = torch.zeros_like(h[0])
        for t, (grad_t, z_t, r_t) in reversed(list(enumerate(zip(_rows(grad_h), _rows(z), _rows(r), strict=True)))):
            grad = grad_t + carry
            torch.mul(grad, to_z[t], out=b_z[t])
            torch.mul(grad, to_n[t], out=a_n[t])
            torch.mul(a_n[t], to_r[t], out=b_r[t])
            torch.mul(a_n[t], r_t, out=b_n[t])
            carry = grad.mul_(z_t).add_(b_rows[t] @ weight)
        grad_a[:, :, : 2 * size] = grad_b[:, :, : 2 * size]
        flat = grad_b.flatten(0, 1)
        grad_weight, grad_bias = flat.t() @ seen[:-1].flatten(0, 1), flat.sum(dim=0, dtype=gates.dtype)
        return grad_a, grad_weight.to(gates.dtype), grad_bias, None


def _rows(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Views of every step, made at once: making them one by one costs a tenth of a step."""
    return x.unbind(0)
