"""Bypass: the untouched input at the same latency; a change cross-fades over one frame."""

import numpy as np

from .constants import FRAME_SIZE
from .vec_math import flush


def bypass(s, target):
    """wet, dry, bypass_mix -> output = wet + m(n) (dry - wet), m going linearly from bypass_mix to target."""
    dry, mix = s.dry[:FRAME_SIZE], s.bypass_mix[0]
    if mix == target:
        s.output[:] = s.wet if target == 0 else dry
        if 0 < target < 1:
            s.output[:] = s.wet + mix * (dry - s.wet)
    else:
        ramp = np.arange(1, FRAME_SIZE + 1).astype(s.wet.dtype) / s.wet.dtype.type(FRAME_SIZE)
        s.output[:] = s.wet + (mix + (s.wet.dtype.type(target) - mix) * ramp) * (dry - s.wet)
    s.bypass_mix[0] = target
    s.output[:] = flush(s.output)
