"""What the paths of well-known corpora say about their files: who speaks, what makes the noise, which room."""

import re
from dataclasses import dataclass
from pathlib import PurePath

NOTHING = "nothing"  # the kind of files that are known and not wanted
PLAIN = "plain"  # the layout of no known corpus


@dataclass(frozen=True)
class Label:
    """What a file is, as a row of the manifest has it. kind: speech, noise, rir, or NOTHING.

    split: the one that the corpus itself puts it into, if any.
    """

    layout: str
    kind: str
    speaker_or_class: str
    language: str
    licence: str
    split: str


@dataclass(frozen=True)
class Rule:
    """path: a pattern that is searched in "/folder/.../file"; its group `name` replaces the {} of `name`.

    A group `language` of the pattern goes before `language`.
    """

    layout: str
    kind: str
    path: re.Pattern
    name: str = "{}"
    language: str = ""
    licence: str = ""
    split: str = ""


def _rule(layout: str, kind: str, path: str, name: str = "{}", **more: str) -> Rule:
    return Rule(layout, kind, re.compile(path), name, **more)


LANGUAGES = {
    "emotional": "en",
    "english": "en",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "mandarin": "cmn",
    "russian": "ru",
    "spanish": "es",
}
LANGUAGE_FOLDER = r"(?:(?P<language>[a-z]{2}(?:_[A-Z]{2})?|cmn|yue)/)?"
FROM_FILE_NAME = r"(?P<name>[^/]*?)[-_ ]?\d*\.\w+$"
DEMAND_FOLDER = (
    "(?:DKITCHEN|DLIVING|DWASHING|NFIELD|NPARK|NRIVER|OHALLWAY|OMEETING|OOFFICE|PCAFETER|PRESTO|PSTATION"
    "|SCAFE|SPSQUARE|STRAFFIC|TBUS|TCAR|TMETRO)"
)
VCTK = {"name": "vctk {}", "language": "en", "licence": "CC-BY-4.0"}
LIBRITTS = {"name": "librivox {}", "language": "en", "licence": "CC-BY-4.0"}
DEMAND = {"name": "demand-{}", "licence": "CC-BY-SA-3.0"}
DNS = "DNS-Challenge"

RULES = (
    # Noisy copies, second microphones, other channels, singing, test sets: known and not wanted
    _rule("VoiceBank+DEMAND", NOTHING, r"/noisy_(?:train|test)set[^/]*/"),
    _rule("VCTK", NOTHING, r"/[ps]\d+_\d+_mic2\.\w+$"),
    _rule("DEMAND", NOTHING, rf"/{DEMAND_FOLDER}(?:_\d+k)?/(?:.*/)?ch(?!01)\d+\.\w+$"),
    _rule(DNS, NOTHING, r"/(?:\w+_)?(?:dev|blind)_?test_?set[^/]*/|/VocalSet|/SLR28/.*_noise_[^/]*$"),
    # VoiceBank's speakers are VCTK's; both, and the copy in the DNS-Challenge, keep its test speakers for tests
    _rule("VCTK", "speech", r"/(?:vctk_)?wav48[^/]*/(?P<name>p232|p257)/", split="test", **VCTK),
    _rule("VCTK", "speech", r"/(?:vctk_)?wav48[^/]*/(?P<name>[ps]\d+)/", **VCTK),
    _rule("VoiceBank+DEMAND", "speech", r"/clean_testset[^/]*/(?P<name>p\d+)_", split="test", **VCTK),
    _rule("VoiceBank+DEMAND", "speech", r"/clean_trainset[^/]*/(?P<name>p\d+)_", **VCTK),
    _rule(
        "DEMAND",
        "noise",
        r"/(?P<name>TBUS|SCAFE|DLIVING|OOFFICE|SPSQUARE)(?:_\d+k)?/(?:.*/)?ch01\.\w+$",
        split="test",
        **DEMAND,
    ),
    _rule("DEMAND", "noise", rf"/(?P<name>{DEMAND_FOLDER})(?:_\d+k)?/(?:.*/)?ch01\.\w+$", **DEMAND),
    # LibriTTS, LibriTTS-R; their numbers are LibriVox's, as are those of the DNS-Challenge's readers
    _rule("LibriTTS", "speech", r"/test-(?:clean|other)/0*(?P<name>\d+)/\d+/", split="test", **LIBRITTS),
    _rule("LibriTTS", "speech", r"/dev-(?:clean|other)/0*(?P<name>\d+)/\d+/", split="validation", **LIBRITTS),
    _rule("LibriTTS", "speech", r"/train-(?:clean|other)-\d+/0*(?P<name>\d+)/\d+/", **LIBRITTS),
    # DNS-Challenge 4 and 5, full band
    _rule(
        DNS,
        "speech",
        r"/read_speech/.*_reader_0*(?P<name>\d+)_",
        "librivox {}",
        language="en",
        licence="public domain (LibriVox)",
    ),
    _rule(
        DNS,
        "speech",
        r"/(?P<language>[a-z]{2})_[A-Z]{2}[^/]*/(?:by_book/)?(?:female|male|mix)/(?P<name>[^/]+)/",
        "mailabs {}",
        licence="BSD-like (M-AILABS)",
    ),
    _rule(
        DNS,
        "speech",
        r"/german_speech/.*German_Wikipedia_(?P<name>[^/]+?)_audio",
        "wikipedia {}",
        language="de",
        licence="CC-BY-SA-4.0",
    ),
    _rule(
        DNS,
        "speech",
        r"/spanish_speech/(?:.*/)?SLR\d+[^/]*?(?P<name>(?<=SLR39_)\d+(?=_)|[a-z]+\d+(?=_s\d)|[a-z]{3}_\d{5})",
        "spanish {}",
        language="es",
        licence="CC-BY-SA-4.0",
    ),
    _rule(DNS, "speech", r"/crema_d/(?P<name>\d{4})_", "crema {}", language="en", licence="ODbL"),
    _rule(DNS, "speech", rf"/(?P<language>{'|'.join(LANGUAGES)})_(?:speech|data)/", licence="see DNS-Challenge"),
    _rule(DNS, "noise", r"/(?P<name>[A-Za-z_]+)_Freesound_validated_\d+", licence="CC0 or CC-BY (Freesound)"),
    _rule(DNS, "noise", r"/noise_fullband/(?:.*/)?(?P<name>[^/]+)\.\w+$", "audioset-{}", licence="CC-BY (AudioSet)"),
    _rule(DNS, "rir", r"/SLR26/.*?(?P<name>[a-z]+room/Room\d+)/", "SLR26 {}", licence="Apache-2.0"),
    _rule(DNS, "rir", r"/SLR28/.*/(?P<name>RVB2014_type\d_rir_[a-z]+\d|RWCP|air)_", "SLR28 {}", licence="Apache-2.0"),
    # Anything: speech/[language/]speaker/, noise/class/, rir/room/, or files that are named so and numbered
    _rule(PLAIN, "speech", rf"/(?:speech|voices?)/{LANGUAGE_FOLDER}(?P<name>[^/]+)/"),
    _rule(PLAIN, "speech", rf"/(?:speech|voices?)/{LANGUAGE_FOLDER}{FROM_FILE_NAME}"),
    _rule(PLAIN, "noise", r"/noises?/(?P<name>[^/]+)/"),
    _rule(PLAIN, "noise", rf"/noises?/{FROM_FILE_NAME}"),
    _rule(PLAIN, "rir", r"/(?:rirs?|rooms?)/(?P<name>[^/]+)/"),
    _rule(PLAIN, "rir", rf"/(?:rirs?|rooms?)/{FROM_FILE_NAME}"),
)
LAYOUTS = tuple(dict.fromkeys(rule.layout for rule in RULES))


def label_of(path: PurePath) -> Label | None:
    """What a file is by its path below (and with) the scanned folder; None if no layout knows it."""
    text = f"/{path.as_posix()}"
    for rule in RULES:
        match = rule.path.search(text)
        if match:
            return _label(rule, match.groupdict())
    return None


def _label(rule: Rule, groups: dict[str, str | None]) -> Label:
    said = groups.get("language") or rule.language
    language = LANGUAGES.get(said, said)
    name = groups.get("name")
    label = rule.name.format(name) if name else f"unnamed-{language}"  # of nobody: all of a language stay together
    return Label(rule.layout, rule.kind, label, language, rule.licence, rule.split)
