"""The article's claim about the steps, checked by the numbers: bands alone lose to bins, the comb wins it back."""

import math
from dataclasses import dataclass

from .steps import BANDS, BINS, COMB

DECISIVE = "PESQ-WB"  # the article argues with what is heard


@dataclass(frozen=True)
class Ordering:
    """One measure of the three steps. Comparisons are of the numbers as they are, not as they are rounded."""

    measure: str
    bins: float
    bands: float
    comb: float

    @property
    def bands_lose(self):
        return self.bands < self.bins

    @property
    def comb_helps(self):
        return self.comb > self.bands

    @property
    def comb_is_above_bins(self):
        return self.comb > self.bins

    @property
    def share_won_back(self):
        """How much of what the bands lose the comb brings back; None where they lose nothing."""
        return (self.comb - self.bands) / (self.bins - self.bands) if self.bands_lose else None

    @property
    def holds(self):
        return self.bands_lose and self.comb_is_above_bins


def orderings(outcomes):
    """{measure: Ordering} of the measures that all three steps have."""
    scores = {outcome.step.kind: outcome.scores for outcome in outcomes}
    found = {name: [scores[kind][name] for kind in (BINS, BANDS, COMB)] for name in scores[BINS]}
    return {name: Ordering(name, *values) for name, values in found.items() if not any(map(math.isnan, values))}


def verdict(ordering, text):
    """What one measure says of the claim, in a sentence. text(value): a number of this measure as words."""
    bins, bands, comb = (text(value) for value in (ordering.bins, ordering.bands, ordering.comb))
    numbers = f"bins {bins}, bands {bands}, with comb {comb}"
    if ordering.holds:
        return f"as in the article, the bands alone are worse than the bins and the comb takes them above ({numbers})"
    if not ordering.bands_lose:
        return f"not as in the article, the bands alone are no worse than the bins ({numbers})"
    if not ordering.comb_helps:
        return f"not as in the article: the bands alone are worse than the bins, and the comb does not help ({numbers})"
    share = f"{100 * ordering.share_won_back:.0f} %"
    lost = f"the bands alone are worse than the bins, and the comb wins back {share} of that, not all ({numbers})"
    return f"the article's order in part: {lost}"
