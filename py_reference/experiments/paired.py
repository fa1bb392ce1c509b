"""Paired differences between two arms, with a standard error that knows speakers and noises repeat."""

from dataclasses import dataclass

import numpy as np

PLACE = ("run", "speaker", "noise", "snr_db")  # what a row shares with the row it is compared with


@dataclass(frozen=True)
class Difference:
    """Mean of arm minus first arm, its standard error, and the mean of each training run."""

    mean: float
    error: float
    per_run: tuple[float, ...]

    @property
    def is_clear(self) -> bool:
        """Whether it is beyond two standard errors, and of one sign in every run."""
        return abs(self.mean) > 2 * self.error and len({np.sign(mean) for mean in self.per_run}) == 1


def difference(rows: list[dict], base: str, arm: str, measure: str, snr_db: float | None = None) -> Difference:
    """The paired difference of a measure between two arms in rows, at one SNR or all."""
    ours, theirs = (values(rows, name, measure, snr_db) for name in (arm, base))
    places = sorted(ours.keys() & theirs.keys())
    if len(places) != len(ours):
        raise ValueError(f"{arm} and {base} were not scored on the same mixtures")
    differences = np.array([ours[place] - theirs[place] for place in places])
    labels = {name: np.array([place[i] for place in places]) for i, name in enumerate(PLACE)}
    runs = [float(differences[labels["run"] == run].mean()) for run in sorted(set(labels["run"]))]
    error = clustered_error(differences, labels["speaker"], labels["noise"])
    return Difference(float(differences.mean()), error, tuple(runs))


def values(rows: list[dict], arm: str, measure: str, snr_db: float | None = None) -> dict[tuple, float]:
    """{place: value} of an arm."""
    return {
        tuple(row[name] for name in PLACE): float(row[measure])
        for row in rows
        if row["arm"] == arm and snr_db in (None, float(row["snr_db"]))
    }


def clustered_error(x: np.ndarray, speakers: np.ndarray, noises: np.ndarray) -> float:
    """Standard error of the mean of x where values of one speaker, or of one noise, may be alike.

    Cameron, Gelbach and Miller (2011): variance by speakers plus by noises less by pairs; never below either.
    """
    pairs = np.char.add(np.char.add(speakers, "/"), noises)
    by_speaker, by_noise, by_pair = (cluster_variance(x, labels) for labels in (speakers, noises, pairs))
    return float(np.sqrt(max(by_speaker + by_noise - by_pair, by_speaker, by_noise)))


def cluster_variance(x: np.ndarray, labels: np.ndarray) -> float:
    """Variance of the mean of x from the sums of its clusters."""
    _, cluster = np.unique(labels, return_inverse=True)
    sums = np.bincount(cluster, x - x.mean())
    return float(np.sum(sums**2) / len(x) ** 2 * len(sums) / (len(sums) - 1))
