"""The npm packages that are measured beside ours in Node and in the browser: what in them runs, and how it starts."""

from dataclasses import dataclass
from pathlib import Path

from ..laboratory.peers.npm import FOLDER, INSTALL, is_installed

ADAPTERS = Path(__file__).parent / "peers"
SAPPHI = "@sapphi-red/web-noise-suppressor"


@dataclass(frozen=True)
class Package:
    """name: as laboratory/peers/node/systems.mjs calls it. package: of npm.

    script: the worklet's, in the package, or an adapter of the folder `peers` where a package ships none. processor:
    the name that it registers. wasm: the module in the package that it is given. ready: the property that it sets when
    it can work. files: what else of the package the script imports.
    """

    name: str
    about: str
    package: str
    script: str
    processor: str
    wasm: str | None = None
    ready: str = "processor"
    files: tuple[str, ...] = ()

    @property
    def is_adapted(self):
        return "/" not in self.script

    @property
    def advice(self):
        return f"{self.name} was not measured, it is not installed: run `{INSTALL}`"

    def is_installed(self):
        """Are the package and Node there?"""
        return is_installed(self.package)

    def path(self, file):
        return FOLDER / "node_modules" / self.package / file

    def url(self, file):
        return f"/peers/{self.package}/{file}"

    def downloads(self):
        """Paths of the package's files that a visitor downloads."""
        own = () if self.is_adapted else (self.script,)
        return [self.path(file) for file in (*own, *self.files, *filter(None, [self.wasm]))]

    def served(self):
        """{path of the URL: bytes} of everything that the browser asks for."""
        files = (*self.files, *filter(None, [self.wasm]), *(() if self.is_adapted else (self.script,)))
        adapters = {f"/peers/{path.name}": path.read_bytes() for path in ADAPTERS.glob("*.js")}
        return adapters | {self.url(file): self.path(file).read_bytes() for file in files}

    def job(self):
        """What benchmark.packagedSuppressor takes: see web/demo/bench/suppressors.ts."""
        script = f"/peers/{self.script}" if self.is_adapted else self.url(self.script)
        job = {"script": script, "processor": self.processor, "readyProperty": self.ready}
        return job | ({"wasm": self.url(self.wasm)} if self.wasm else {})


def sapphi(name, about, folder, wasm):
    return Package(name, about, SAPPHI, f"dist/{folder}/workletProcessor.js", f"{SAPPHI}/{folder}", f"dist/{wasm}")


JITSI, SHIGUREDO = "@jitsi/rnnoise-wasm", "@shiguredo/rnnoise-wasm"
PACKAGES = (
    sapphi("rnnoise-sapphi", "RNNoise of 2018, simd128", "rnnoise", "rnnoise_simd.wasm"),
    sapphi("rnnoise-sapphi-plain", "RNNoise of 2018, no SIMD", "rnnoise", "rnnoise.wasm"),
    Package(
        "rnnoise-jitsi-2018", "RNNoise of 2018", JITSI, "jitsi_2018_processor.js", "rnnoise-jitsi-2018",
        "dist/rnnoise.wasm", "enhance", ("dist/rnnoise.js",),
    ),
    Package(
        "rnnoise-jitsi", "RNNoise 0.2", JITSI, "jitsi_processor.js", "rnnoise-jitsi",
        None, "enhance", ("dist/rnnoise-sync.js",),
    ),
    Package(
        "rnnoise-shiguredo", "RNNoise, large model of 2024", SHIGUREDO, "shiguredo_processor.js", "rnnoise-shiguredo",
        None, "enhance", ("dist/rnnoise.js",),
    ),
    sapphi("gtcrn", "16 kHz network of 2024", "gtcrn", "gtcrn.wasm"),
    sapphi("speexdsp", "spectral subtraction, no network", "speex", "speex.wasm"),
)  # fmt: skip
