"""Faults to plant in an implementation, and where each shows first, in silence and then noise."""

import shutil

import numpy as np
from compiler import CORE, compile_c, core_sources

from percepnet import native, tables
from percepnet.verification import verify_backends
from percepnet.constants import FRAME_SIZE, LOOK_AHEAD
from percepnet.model_file import encode_model, random_weights

SILENT = 6  # frames before the noise begins, so that it is known in which frame a fault shows first
FRAMES = 14
HALF = FRAME_SIZE + 110  # an element of a window's second half, which meets the newest hop
HEARD = SILENT + LOOK_AHEAD  # the frame in which the noise has passed the look-ahead
TAPS = [row[row != 0] for row in tables.COMB_WEIGHTS]  # the last three are the past, before them the centre
# stage: ([(part of a table, the element that is off by one bit)], frame, signal)
FAULTS = {
    "analysis": ([(tables.ANALYSIS_WINDOW, HALF)], SILENT, "Y"),
    "comb_filter": ([(taps, taps.size - 4) for taps in TAPS], HEARD, "p"),
    "synthesis": ([(tables.SYNTHESIS_WINDOW, HALF)], HEARD, "overlap"),
}


def plant(source, target, stage):
    """Copies a library or module, with the fault of FAULTS for that stage."""
    data = bytearray(source.read_bytes())
    for table, element in FAULTS[stage][0]:
        values = table.astype("<f4").tobytes()
        assert data.count(values) == 1, "the table must be there once"
        data[data.index(values) + 4 * element] ^= 16  # large enough for every product to feel it
    target.write_bytes(data)


def compile_library(folder, sources, *flags):
    """Builds the testing library, and lets it be the release one too. flags: beside CMake's own."""
    files = [sources / path.relative_to(CORE) for path in core_sources()]
    target = folder / f"libpercepnet_testing.{native.SUFFIX}"
    compile_c(target, files, "-O2", "-shared", "-fPIC", "-DPERCEPNET_TESTING", *flags)
    shutil.copy(target, folder / f"libpercepnet.{native.SUFFIX}")


class OtherWeight(verify_backends.Native):
    """Native code with a model in which one weight is off by one."""

    def fault(self):
        weights = random_weights(64, 1)
        weights["gru2.input.weight"][5, 7] ^= 1
        return encode_model(weights, {})

    def enhance(self, samples, model):
        return super().enhance(samples, self.fault())

    def inspector(self, model):
        return super().inspector(self.fault())


class OtherSample(verify_backends.Native):
    """One sample of the output is off by one bit."""

    at = 5 * FRAME_SIZE + 7

    def enhance(self, samples, model):
        out = super().enhance(samples, model)
        out.view(np.int32)[self.at] ^= 1
        return out
