"""The speech synthesisers that Debian packages: which voices are installed, and how each is made to speak."""

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import Missing, PercepNetError

from .texts import languages

FESTIVAL_VOICES = Path("/usr/share/festival/voices")
PACKAGES = {  # engine -> (program, what to install)
    "espeak-ng": ("espeak-ng", "espeak-ng"),
    "flite": ("flite", "flite"),
    "festival": ("text2wave", "festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts festvox-czech-ph"),
}
NOT_A_VOICE = re.compile(r"robo|whisper|demon|croak|announcer|klatt|fast|test|ricis|tweaky|boris|anxious", re.I)
ESPEAK_LICENCE = "GPL-3+ (engine)"
FREE = "festvox (BSD-like)"
RECORDED_SECONDS = 240.0  # of a voice made from recordings of a person
ESPEAK_SECONDS = 30.0  # of one formant voice in one language
LANGUAGES_PER_VARIANT = 3
TIMEOUT_S = 60


@dataclass(frozen=True)
class Voice:
    """name: as the engine calls it. speaker: whose voice it is, which a split must not divide.

    seconds: how much of it is worth having, relative to the others.
    """

    engine: str
    name: str
    speaker: str
    language: str
    sex: str
    licence: str
    seconds: float
    encoding: str = "utf-8"


def _recorded(engine: str, name: str, person: str, language: str, sex: str, licence: str, encoding="utf-8") -> Voice:
    return Voice(engine, name, f"festvox {person}", language, sex, licence, RECORDED_SECONDS, encoding)


RECORDED_VOICES = (
    _recorded("flite", "kal16", "kal", "en", "M", FREE),
    _recorded("flite", "awb", "awb", "en", "M", FREE),
    _recorded("flite", "rms", "rms", "en", "M", FREE),
    _recorded("flite", "slt", "slt", "en", "F", FREE),
    _recorded("festival", "kal_diphone", "kal", "en", "M", FREE),
    _recorded("festival", "ked_diphone", "ked", "en", "M", FREE),
    _recorded("festival", "cmu_us_slt_arctic_hts", "slt", "en", "F", "BSD-3-clause"),
    _recorded("festival", "upc_ca_ona_hts", "ona", "ca", "F", "LGPL-2.1+"),
    _recorded("festival", "czech_dita", "dita", "cs", "F", FREE, "iso-8859-2"),
    _recorded("festival", "czech_krb", "krb", "cs", "F", FREE, "iso-8859-2"),
    _recorded("festival", "czech_machac", "machac", "cs", "M", FREE, "iso-8859-2"),
    _recorded("festival", "czech_ph", "ph", "cs", "M", "GPL-2", "iso-8859-2"),
    _recorded("festival", "hy_fi_mv_diphone", "mv", "fi", "M", "LGPL-2", "iso-8859-1"),
    _recorded("festival", "suo_fi_lj_diphone", "lj", "fi", "F", "LGPL-2", "iso-8859-1"),
    _recorded("festival", "lp_diphone", "lp", "it", "F", "GPL-2", "iso-8859-1"),
    _recorded("festival", "pc_diphone", "pc", "it", "M", "GPL-2", "iso-8859-1"),
    _recorded("festival", "hindi_NSK_diphone", "nsk", "hi", "M", "GPL-2+"),
    _recorded("festival", "marathi_NSK_diphone", "nsk", "mr", "M", "GPL-2+"),
    _recorded("festival", "telugu_NSK_diphone", "nsk", "te", "M", "GPL-2+"),
    _recorded("festival", "msu_ru_nsh_clunits", "nsh", "ru", "M", FREE),
)


def is_installed(engine: str) -> bool:
    """Whether the engine's program is on the path."""
    return shutil.which(PACKAGES[engine][0]) is not None


def need_engines(engine: str) -> list[str]:
    """The engines meant by a name or "all". Raises Missing where there is none."""
    wanted = list(PACKAGES) if engine == "all" else [engine]
    found = [name for name in wanted if is_installed(name)]
    if not found:
        packages = " ".join(PACKAGES[name][1] for name in wanted)
        raise Missing(f"{' and '.join(wanted)} not found: install with `sudo apt install {packages}`")
    return found


def installed_voices(engine: str) -> list[Voice]:
    """Every voice of one engine that this machine has, in a fixed order."""
    if engine == "espeak-ng":
        return _espeak_voices()
    names = _flite_names() if engine == "flite" else {path.name for path in FESTIVAL_VOICES.glob("*/*")}
    return [voice for voice in RECORDED_VOICES if voice.engine == engine and voice.name in names]


def speak(voice: Voice, text: str, wav: Path, rng: np.random.Generator) -> None:
    """Makes the voice say a text, at a random rate and (where the engine can) pitch, into a WAV file."""
    say = {"espeak-ng": _espeak_command, "flite": _flite_command, "festival": _festival_command}[voice.engine]
    encoded = text.encode(voice.encoding, errors="ignore")
    try:
        subprocess.run(say(voice, wav, rng), input=encoded, capture_output=True, check=True, timeout=TIMEOUT_S)
    except (subprocess.SubprocessError, OSError) as error:
        raise PercepNetError(f"{voice.engine} cannot speak as {voice.name} ({error}): reinstall its voices") from None


def _espeak_command(voice: Voice, wav: Path, rng: np.random.Generator) -> list[str]:
    low, high = (30, 80) if voice.sex == "M" else (35, 70)
    pitch, rate = str(rng.integers(low, high)), str(rng.integers(130, 200))
    return ["espeak-ng", "-v", voice.name, "-p", pitch, "-s", rate, "-w", str(wav), "--stdin"]


def _flite_command(voice: Voice, wav: Path, rng: np.random.Generator) -> list[str]:
    stretch, shift = f"duration_stretch={rng.uniform(0.85, 1.25):.2f}", f"f0_shift={rng.uniform(0.88, 1.15):.2f}"
    return ["flite", "-voice", voice.name, "--setf", stretch, "--setf", shift, "-f", "/dev/stdin", "-o", str(wav)]


def _festival_command(voice: Voice, wav: Path, rng: np.random.Generator) -> list[str]:
    stretch = f"(Parameter.set 'Duration_Stretch {rng.uniform(0.85, 1.25):.2f})"
    return ["text2wave", "-eval", f"(voice_{voice.name})", "-eval", stretch, "-o", str(wav)]


def _flite_names() -> set[str]:
    return set(_output(["flite", "-lv"]).partition(":")[2].split())


def _espeak_voices() -> list[Voice]:
    """Variants of the one formant voice, each in a few languages; a variant counts as a speaker."""
    variants = sorted(_espeak_variants(), key=lambda variant: variant[0].lower())
    spoken = sorted(languages())
    voices = []
    for number, (variant, sex) in enumerate(variants):
        voice = Voice("espeak-ng", "", f"espeak-ng {variant}", "", sex, ESPEAK_LICENCE, ESPEAK_SECONDS)
        for turn in range(LANGUAGES_PER_VARIANT):
            language = spoken[(number * LANGUAGES_PER_VARIANT + turn * 11) % len(spoken)]
            voices.append(replace(voice, name=f"{language}+{variant}", language=language))
    return voices


def _espeak_variants() -> list[tuple[str, str]]:
    """(file name, sex) of the variants that resemble people."""
    lines = _output(["espeak-ng", "--voices=variant"]).splitlines()
    found = [re.search(r"/([MF])\s.*!v/(\S+)\s*(?:\(|$)", line) for line in lines]
    return [(match[2], match[1]) for match in found if match and not NOT_A_VOICE.search(match[0])]


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S).stdout
