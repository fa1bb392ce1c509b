"""A gated recurrent unit over whole sequences with a hand-written backward pass, optionally on quantised states.

Gates come in the order z, r, n, and z keeps the old state: h' = n + z (h - n).
"""
import torch

from percepnet.constants import ACTIVATION_SCALE

from .quantise import integer_activation


class GruSequence(torch.autograd.Function):
    """apply(a, weight, bias, quantised) -> h.

    a: (T, B, 3H) products with the input, bias included. weight: (3H, H), bias: (3H,) of the recurrent product.
    quantised: the recurrent product sees states rounded to 7 bits; gradients pass that rounding unchanged.
    h: (T, B, H); the state before the first step is 0.
    """

    @staticmethod
    def forward(ctx, a, weight, bias, quantised):
        steps, batch, size = a.shape[0], a.shape[1], a.shape[2] // 3
        seen = a.new_zeros(steps + 1, batch, size)     # the state as the recurrent product sees it
        h = a.new_zeros(steps + 1, batch, size)
        gates = torch.empty_like(a)                    # z, r, n
        kept = a.new_empty(steps, batch, size)         # recurrent part of n, before r scales it
        transposed = weight.t().contiguous()
        for t in range(steps):
            b = torch.addmm(bias, seen[t], transposed)
            zr, n = gates[t, :, :2 * size], gates[t, :, 2 * size:]
            torch.sigmoid(torch.add(a[t, :, :2 * size], b[:, :2 * size]), out=zr)
            kept[t] = b[:, 2 * size:]
            torch.tanh(torch.addcmul(a[t, :, 2 * size:], zr[:, size:], b[:, 2 * size:]), out=n)
            torch.lerp(n, h[t], zr[:, :size], out=h[t + 1])
            seen[t + 1] = integer_activation(h[t + 1]) / ACTIVATION_SCALE if quantised else h[t + 1]
        ctx.save_for_backward(weight, h, seen, gates, kept)
        return h[1:]

    @staticmethod
    def backward(ctx, grad_h):
        weight, h, seen, gates, kept = ctx.saved_tensors
        size = h.shape[2]
        z, r, n = gates.split(size, dim=2)
        to_z = (h[:-1] - n) * z * (1 - z)
        to_n = (1 - z) * (1 - n * n)
        to_r = kept * r * (1 - r)
        grad_a, grad_b = torch.empty_like(gates), torch.empty_like(gates)
        carry = torch.zeros_like(h[0])
        for t in range(gates.shape[0] - 1, -1, -1):
            grad = grad_h[t] + carry
            through_n = grad * to_n[t]
            torch.mul(grad, to_z[t], out=grad_b[t, :, :size])
            torch.mul(through_n, to_r[t], out=grad_b[t, :, size:2 * size])
            torch.mul(through_n, r[t], out=grad_b[t, :, 2 * size:])
            grad_a[t, :, 2 * size:] = through_n
            carry = torch.addmm(grad * z[t], grad_b[t], weight)
        grad_a[:, :, :2 * size] = grad_b[:, :, :2 * size]
        flat = grad_b.flatten(0, 1)
        return grad_a, flat.t() @ seen[:-1].flatten(0, 1), flat.sum(dim=0), None
