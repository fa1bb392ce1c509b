"""How often our figures hold those of others that were measured in the same rounds."""

import numpy as np

from .rounds import fastest, paired_ratio

RIVAL = "rnnoise"  # whichever build of it is the fastest in each place


def figures_of(rounds, by_calls):
    """One figure a round: of the whole, or by the calls of the processor alone; None where there are none."""
    figures = [one.in_calls if by_calls else one.us for one in rounds]
    return None if any(figure is None for figure in figures) else figures


def find_rivals(found, by_calls=False):
    """{place: Key of the fastest build of RIVAL there}. found: {Key: [Round]}."""
    rivals = {}
    for place in dict.fromkeys(key.place for key in found):
        figures = {key: figures_of(found[key], by_calls) for key in found if key.place == place and not key.is_ours}
        medians = {key.system: float(np.median(values)) for key, values in figures.items() if values}
        if name := fastest(medians, RIVAL):
            rivals[place] = next(key for key in figures if key.system == name)
    return rivals


def ratio(found, key, other, by_calls=False):
    """Quartiles of the ratio of two of `found`, round by round; None where one has no such figures."""
    if key is None or other is None or other not in found:
        return None
    ours, theirs = (figures_of(found[one], by_calls) for one in (key, other))
    return paired_ratio(ours, theirs) if ours and theirs else None


def ratio_to_native(found, key, other):
    """The same to a native one, which is timed by its calls alone: by the calls wherever ours are timed."""
    if other not in found:
        return None
    ours, theirs = found[key], figures_of(found[other], False)
    return paired_ratio(figures_of(ours, True) or figures_of(ours, False), theirs)
