"""What a run is judged by: PESQ-WB, ESTOI and SI-SDR of a few held-back mixtures through network and pipeline."""

from itertools import islice

import numpy as np
import soxr
import torch

from ..constants import LOOK_AHEAD, SAMPLE_RATE
from ..quality import SPEECH_RATE, estoi, pesq_wb, si_sdr

from .arithmetic import Arithmetic
from .batches import join_audio
from .enhancement_loss import LossSettings, enhancement_loss, sequences
from .feature_store import HISTORY_BLOCKS, AudioBatch, FeatureStore, StoreError, split_columns
from .loss import percepnet_loss
from .model import PercepNet
from .pipeline import analyse, enhance, synthesis, transparency

SDR_PER_PESQ = 10.0  # dB of SI-SDR that count as much as one PESQ
ESTOI_PER_PESQ = 0.1  # ESTOI that counts as much
FIRST_HOP = HISTORY_BLOCKS - LOOK_AHEAD - 1  # block that the pipeline puts out at row 0


class Validation:
    """Mixtures of a store in which PESQ finds speech, evenly spread, and their clean signals."""

    def __init__(self, store: FeatureStore, count: int):
        chosen = list(islice((mixture for mixture in spread(store, 2 * count) if holds_speech(mixture[1])), count))
        if not chosen:
            raise StoreError("PESQ finds no speech in the validation shards: extract more of them")
        frames = min(len(rows) for rows, _ in chosen)
        self.rows = np.concatenate([rows[:frames] for rows, _ in chosen], axis=1)
        self.audio = join_audio([cut(audio, frames) for _, audio in chosen])
        self.clean, noisy = (
            [signal(blocks[:, [i]]) for i in range(len(chosen))] for blocks in (self.audio.clean, self.audio.noisy)
        )
        self.noisy_scores = self.scores(noisy)

    @torch.no_grad()
    def measure(self, network: PercepNet, arithmetic: Arithmetic, settings: LossSettings) -> dict[str, float]:
        """Losses on signal, gains and strengths, PESQ-WB, ESTOI and SI-SDR: means over the mixtures."""
        device = next(network.parameters()).device
        features, target_g, target_r, weights = (
            torch.from_numpy(np.ascontiguousarray(x)).to(device) for x in split_columns(self.rows)
        )
        g, r = network(features, arithmetic)
        gain, strength = percepnet_loss(g, r, target_g, target_r, weights)
        losses = {
            "validation_signal": float(enhancement_loss(g, r, weights, self.audio, settings)),
            "validation_gain": float(gain),
            "validation_strength": float(strength),
        }
        enhanced = []
        for i in range(g.shape[1]):
            spectra = analyse(*(x.to(device) for x in sequences(self.audio, slice(i, i + 1))))
            opened = transparency(spectra.Ey, *(x[:, i : i + 1].transpose(0, 1) for x in (g, r)))
            enhanced.append(synthesis(enhance(spectra, *opened, settings.postfilter))[0].cpu().numpy())
        return losses | self.scores(enhanced)

    def scores(self, signals: list[np.ndarray]) -> dict[str, float]:
        """Mean scores of one signal per mixture, and "score", the one number a run is steered by."""
        pairs = list(zip(self.clean, signals, strict=True))
        heard = [(at_speech_rate(clean), at_speech_rate(other)) for clean, other in pairs]
        pesq, intelligible = (float(np.mean([measure(*pair) for pair in heard])) for measure in (pesq_wb, estoi))
        sdr = float(np.mean([si_sdr(*pair) for pair in pairs]))
        score = pesq + intelligible / ESTOI_PER_PESQ + sdr / SDR_PER_PESQ
        return {"PESQ-WB": pesq, "ESTOI": intelligible, "SI-SDR": sdr, "score": score}


def spread(store: FeatureStore, count: int):
    """At most `count` mixtures with their audio, evenly spread over the store."""
    step = max(1, store.num_mixtures // count)
    for number, mixture in enumerate(store.audio_mixtures()):
        if number % step == 0:
            yield mixture


def holds_speech(audio: AudioBatch) -> bool:
    """Whether PESQ finds speech in the clean signal of one mixture."""
    return not np.isnan(pesq_wb(*(at_speech_rate(signal(blocks)) for blocks in (audio.clean, audio.noisy))))


def cut(audio: AudioBatch, frames: int) -> AudioBatch:
    """The first frames of a batch."""
    end = HISTORY_BLOCKS + frames
    return AudioBatch(audio.noisy[:end], audio.clean[:end], audio.period[:frames])


def signal(blocks: np.ndarray) -> np.ndarray:
    """Blocks (HISTORY_BLOCKS + T, 1, FRAME_SIZE) -> the samples that T rows put out, (T * FRAME_SIZE,)."""
    return blocks[FIRST_HOP : FIRST_HOP + len(blocks) - HISTORY_BLOCKS].reshape(-1)


def at_speech_rate(samples: np.ndarray) -> np.ndarray:
    """Resampled to what PESQ-WB and ESTOI are taken at."""
    return soxr.resample(samples.astype(np.float32), SAMPLE_RATE, SPEECH_RATE)
