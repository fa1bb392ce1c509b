"""What the network multiplies in while it learns."""

from enum import Enum

import torch


class Arithmetic(Enum):
    """FLOAT: float32. HALF: products and their slopes in bfloat16, all sums over time in float32. INT8: the core's."""

    FLOAT = "float32"
    HALF = "bfloat16"
    INT8 = "int8"

    @property
    def dtype(self) -> torch.dtype | None:
        """What the factors of a product become; None: they stay what they are."""
        return torch.bfloat16 if self is Arithmetic.HALF else None
