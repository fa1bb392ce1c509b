"""Corpora as they are downloaded: paths say who speaks, files say what they hold, tables say both."""

from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import soundfile
from rich.progress import Progress
from scipy import signal

from percepnet.commands import cli
from percepnet.training.corpus import SPLITS, Corpus, CorpusError
from percepnet.training.decoded_audio import CACHE_VARIABLE
from percepnet.training.layouts import NOTHING, label_of
from percepnet.training.manifest import read_manifest, read_segments, write_tables
from percepnet.training.measure import bandwidth_hz
from percepnet.training.scan import cuts_at_pauses, scan
from percepnet.training.splits import assigned_splits, split_of
from percepnet.training.summary import warnings

RATE = 48000

KNOWN = [  # path, kind, speaker or class, language, split
    ("VCTK/wav48_silence_trimmed/p225/p225_001_mic1.flac", "speech", "vctk p225", "en", ""),
    ("VCTK/wav48/p301/p301_007.wav", "speech", "vctk p301", "en", ""),
    ("VCTK/wav48_silence_trimmed/p232/p232_001_mic1.flac", "speech", "vctk p232", "en", "test"),
    ("VCTK/wav48_silence_trimmed/p225/p225_001_mic2.flac", NOTHING, "", "", ""),
    ("vb/clean_trainset_28spk_wav/p226_001.wav", "speech", "vctk p226", "en", ""),
    ("vb/clean_testset_wav/p257_001.wav", "speech", "vctk p257", "en", "test"),
    ("vb/noisy_trainset_56spk_wav/p226_001.wav", NOTHING, "", "", ""),
    ("DEMAND/PCAFETER_48k/PCAFETER/ch01.wav", "noise", "demand-PCAFETER", "", ""),
    ("DEMAND/TBUS/ch01.wav", "noise", "demand-TBUS", "", "test"),
    ("DEMAND/TBUS/ch12.wav", NOTHING, "", "", ""),
    ("LibriTTS_R/train-clean-360/0103/1241/103_1241_000000_000001.wav", "speech", "librivox 103", "en", ""),
    ("LibriTTS/dev-other/84/121123/84_121123_000007_000001.wav", "speech", "librivox 84", "en", "validation"),
    ("test-clean/1089/134686/1089_134686_000001_000001.wav", "speech", "librivox 1089", "en", "test"),
    ("clean_fullband/read_speech/book_00000_chp_0009_reader_06709_0_seg_1.wav", "speech", "librivox 6709", "en", ""),
    (
        "french_speech/M-AILABS_Speech_Dataset/fr_FR_190hrs_16k/female/ezwa/book/wavs/x_f000182.wav",
        "speech",
        "mailabs ezwa",
        "fr",
        "",
    ),
    (
        "german_speech/CC_BY_SA_4.0_249hrs_339spk_German_Wikipedia_16k/German_Wikipedia_Otto_Hahn_audio_seg_3.wav",
        "speech",
        "wikipedia Otto_Hahn",
        "de",
        "",
    ),
    ("spanish_speech/SLR39_48kHz/SLR39_100_11_48kHz.wav", "speech", "spanish 100", "es", ""),
    ("spanish_speech/SLR61_es_ar_female_arf_03397_01665251952_48kHz.wav", "speech", "spanish arf_03397", "es", ""),
    (
        "spanish_speech/SLR39_native-f-Mexico-190-45-62-NA-mgh8170_s120_48kHz.wav",
        "speech",
        "spanish mgh8170",
        "es",
        "",
    ),
    ("clean_fullband/emotional_speech/crema_d/1025_IWL_SAD_XX.wav", "speech", "crema 1025", "en", ""),
    ("clean_fullband/mandarin_speech/anything/12.wav", "speech", "unnamed-cmn", "cmn", ""),
    ("clean_fullband/vctk_wav48_silence_trimmed/p225/p225_001_mic1.wav", "speech", "vctk p225", "en", ""),
    ("clean_fullband/VocalSet_48kHz_mono/vocalset_female7_scales.wav", NOTHING, "", "", ""),
    ("noise_fullband/breath_spit_Freesound_validated_26803_1.wav", "noise", "breath_spit", "", ""),
    ("noise_fullband/-0OnWVYJPWI.wav", "noise", "audioset--0OnWVYJPWI", "", ""),
    (
        "impulse_responses/SLR26/simulated_rirs_48k/smallroom/Room001/Room001-00001.wav",
        "rir",
        "SLR26 smallroom/Room001",
        "",
        "",
    ),
    ("datasets_fullband/dev_testset_fullband/noisy/a.wav", NOTHING, "", "", ""),
    ("mine/speech/anna/take_1.wav", "speech", "anna", "", ""),
    ("mine/speech/de/bert/take_1.wav", "speech", "bert", "de", ""),
    ("mine/speech/carla_003.ogg", "speech", "carla", "", ""),
    ("mine/noise/vacuum/1.wav", "noise", "vacuum", "", ""),
    ("mine/noise/fan-07.flac", "noise", "fan", "", ""),
    ("mine/rir/kitchen/left.wav", "rir", "kitchen", "", ""),
    ("mine/rirs/hall2.wav", "rir", "hall", "", ""),
]


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case[0])
def test_a_path_says_what_the_file_is(case):
    path, kind, name, language, split = case
    label = label_of(PurePosixPath(path))
    assert label.kind == kind
    if kind != NOTHING:
        assert (label.speaker_or_class, label.language, label.split) == (name, language, split)


@pytest.mark.parametrize("path", ["mine/interview.wav", "music/song.flac", "mine/recordings/anna/1.wav"])
def test_other_paths_are_not_guessed_at(path):
    assert label_of(PurePosixPath(path)) is None


def voice(seconds: float, cutoff_hz: float, seed: int = 1) -> np.ndarray:
    """Syllables of noise and harmonics below cutoff_hz, with pauses 40 dB down."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 130 * k * t) for k in range(1, 30)) + rng.standard_normal(len(t))
    syllables = np.clip(3 * np.sin(2 * np.pi * 1.5 * t), 0, 1)
    sound = 0.03 * tone * syllables + 1e-3 * rng.standard_normal(len(t))
    steep = signal.firwin(2001, cutoff_hz, window=("kaiser", 12), fs=RATE)
    return signal.oaconvolve(sound, steep, mode="same")


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    """Nothing of these recordings is worth keeping."""
    monkeypatch.setenv(CACHE_VARIABLE, "off")


def build(folder: Path, files: dict[str, np.ndarray], rate: int = RATE) -> Path:
    for name, samples in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / name, samples, rate)
    return folder


def scanned(folder: Path, out: Path | None = None):
    with Progress(disable=True) as progress:
        return scan(folder, out or folder, "CC0-1.0", 1, progress)


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A folder of the plain layout, with enough names for three splits, after `percepnet data scan`."""
    folder = tmp_path_factory.mktemp("mine") / "recordings"
    files = {f"speech/de/{name}/1.wav": voice(2, 15000, number) for number, name in enumerate(by_split("speech"))}
    files |= {f"noise/{name}/1.wav": 0.1 * np.random.default_rng(9).standard_normal(RATE) for name in by_split("noise")}
    files |= {"rir/bath/1.wav": np.eye(1, 4800, 10)[0] * 0.5, "speech/de/long/1.flac": voice(40, 7000)}
    build(folder, files)
    assert cli.run(["data", "scan", str(folder), "--jobs", "1", "--licence", "CC0-1.0"]) == 0
    return folder


def by_split(kind: str) -> list[str]:
    """Two names for every split."""
    wanted = {
        split: [name for name in map("name{}".format, range(99)) if split_of(kind, name) == split] for split in SPLITS
    }
    return [name for names in wanted.values() for name in names[:2]]


def test_a_scanned_folder_is_a_corpus(mine):
    for split in SPLITS:
        corpus = Corpus(mine, split)
        assert len(corpus.noises) == 2 and len(corpus.speakers) >= 2
        for speaker in corpus.speakers:
            assert {clip.language for clip in speaker.clips} == {"de"} and speaker.licence == "CC0-1.0"
            assert all(len(corpus.read(clip)) for clip in speaker.clips)


def test_what_files_hold_is_measured(mine):
    rows = {row["path"]: row for row in read_manifest(mine)}
    short = next(row for path, row in rows.items() if "name" in path and row["kind"] == "speech")
    assert float(short["bw_hz"]) == pytest.approx(15000, abs=500)
    assert float(short["f0_hz"]) == pytest.approx(130, abs=3)
    assert 35 < float(short["snr_db"]) < 55
    assert float(rows["speech/de/long/1.flac"]["bw_hz"]) == pytest.approx(7000, abs=500)
    assert float(rows["speech/de/long/1.flac"]["seconds"]) == pytest.approx(40)


def test_long_speech_is_cut_in_pauses(mine):
    clips = read_segments(mine)["speech/de/long/1.flac"]
    edges = [float(clip["start_s"]) for clip in clips] + [float(clips[-1]["end_s"])]
    assert edges[0] == 0 and edges[-1] == pytest.approx(40, abs=0.02)
    assert all(4 <= end - start <= 15 for start, end in zip(edges[:-2], edges[1:-1], strict=True))
    samples = soundfile.read(mine / "speech/de/long/1.flac")[0]
    for edge in edges[1:-1]:
        around = samples[round((edge - 0.02) * RATE) : round((edge + 0.02) * RATE)]
        assert np.sqrt(np.mean(around**2)) < 0.1 * np.sqrt(np.mean(samples**2))


def test_short_speech_is_not_cut():
    assert cuts_at_pauses(voice(10, 8000)) == []


@pytest.mark.parametrize("cut_hz", [14000, 17500, 21000, 22500, 23000, 23600, 23800])
def test_a_codecs_cut_is_found_up_to_the_top(cut_hz):
    spectrum = np.fft.rfft(0.1 * np.random.default_rng(1).standard_normal(96000))
    spectrum[np.fft.rfftfreq(96000, 1 / 48000) > cut_hz] *= 1e-3
    assert bandwidth_hz(np.fft.irfft(spectrum).astype(np.float32)) == pytest.approx(cut_hz, abs=600)


@pytest.mark.parametrize(("rate", "bandwidth"), [(16000, 7500), (44100, 20000)])
def test_bandwidth_is_that_of_the_content_not_of_the_rate(tmp_path, rate, bandwidth):
    samples = signal.resample_poly(voice(2, 20000), rate // 100, RATE // 100)
    folder = build(tmp_path / "mine", {"speech/anna/1.wav": samples}, rate)
    row = scanned(folder).manifest[0]
    assert int(row["rate"]) == rate and float(row["bw_hz"]) == pytest.approx(bandwidth, abs=600)


def test_in_a_small_folder_every_split_gets_speech_and_noise(tmp_path, capsys):
    names = [name for name in map("name{}".format, range(99)) if split_of("speech", name) == "train"][:3]
    noises = [name for name in map("name{}".format, range(99)) if split_of("noise", name) == "test"][:3]
    files = {f"speech/{name}/1.wav": voice(1, 9000, number) for number, name in enumerate(names)}
    folder = build(tmp_path / "mine", files | {f"noise/{name}/1.wav": voice(1, 9000) for name in noises})
    assert cli.run(["data", "scan", str(folder), "--jobs", "1"]) == 0
    corpora = [Corpus(folder, split) for split in SPLITS]
    for owners in ([corpus.speakers for corpus in corpora], [corpus.noises for corpus in corpora]):
        assert [len(found) for found in owners] == [1, 1, 1]
    assert capsys.readouterr().out.count("which had none") == 4
    before = read_manifest(folder)
    assert cli.run(["data", "scan", str(folder), "--jobs", "1", "--replace"]) == 0
    assert read_manifest(folder) == before


def test_where_there_is_enough_nobody_moves(mine):
    assert {row["split"] for row in read_manifest(mine)} == {""}


def test_who_cannot_be_used_fills_no_split(tmp_path):
    rng = np.random.default_rng(1)
    files = {f"speech/name{number}/1.wav": voice(1, 9000) for number in range(2)}
    folder = build(tmp_path / "mine", files | {"speech/noisy/1.wav": voice(1, 9000) + 0.05 * rng.normal(size=RATE)})
    found = scanned(folder)
    assert found.moves == {} and "only 2 speakers that can be used" in " ".join(warnings(found.manifest))
    with pytest.raises(CorpusError, match="three speakers and three classes of noise are the least"):
        write_tables(folder, found.manifest, [])
        Corpus(folder, "validation")


def test_corpora_of_several_layouts_lie_together(tmp_path):
    """The same person in two corpora is in one split, and a corpus's own test set stays one."""
    folder = build(
        tmp_path / "all",
        {
            "VCTK/wav48_silence_trimmed/p232/p232_001_mic1.flac": voice(1, 9000),
            "VCTK/wav48_silence_trimmed/p232/p232_001_mic2.flac": voice(1, 9000),
            "vb/clean_testset_wav/p232_002.wav": voice(1, 9000),
            "vb/noisy_testset_wav/p232_002.wav": voice(1, 9000),
            "LibriTTS_R/test-clean/6709/1/6709_1_0_0.wav": voice(1, 9000),
            "dns/clean_fullband/read_speech/book_0_chp_0_reader_06709_0_seg_0.wav": voice(1, 9000, 2),
            "dns/clean_fullband/read_speech/read_speech/book_0_chp_0_reader_06709_0_seg_0.wav": voice(1, 9000, 2),
        },
    )
    found = scanned(folder)
    assert len(found.unwanted) == 2 and len(found.manifest) == 4  # the nested second copy counts once
    assert assigned_splits(found.manifest) == {("speech", "vctk p232"): "test", ("speech", "librivox 6709"): "test"}
    assert {row["licence"] for row in found.manifest} == {"CC-BY-4.0", "public domain (LibriVox)"}


def test_tables_may_lie_elsewhere(tmp_path):
    folder = build(tmp_path / "mine", {"speech/anna/1.wav": voice(1, 9000)})
    assert cli.run(["data", "scan", str(folder), "--out", str(tmp_path / "tables"), "--jobs", "1"]) == 0
    path = Path(read_manifest(tmp_path / "tables")[0]["path"])
    assert path.is_absolute() and path.samefile(folder / "speech/anna/1.wav")


def test_links_to_folders_are_followed_and_loops_are_not(tmp_path):
    build(tmp_path / "elsewhere", {"a.wav": voice(1, 9000)})
    folder = build(tmp_path / "mine", {"speech/anna/1.wav": voice(1, 9000, 2)})
    (folder / "speech" / "bert").symlink_to(tmp_path / "elsewhere")
    (folder / "speech" / "again").symlink_to(folder)
    rows = scanned(folder).manifest
    assert sorted(row["path"] for row in rows) == ["speech/anna/1.wav", "speech/bert/a.wav"]


def test_warnings_name_what_is_wrong(tmp_path, capsys):
    clipped = np.clip(20 * voice(2, 9000), -1, 1)
    folder = build(
        tmp_path / "mine", {"speech/anna/1.wav": clipped, "speech/bert/1.wav": voice(2, 4000), "odd.wav": clipped}
    )
    (folder / "speech" / "broken.wav").write_text("not audio")
    assert cli.run(["data", "scan", str(folder), "--jobs", "1"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for wanted in ("only 2 speakers", "only 0 noise classes", "is clipped", "above 10 kHz", "no licence on record"):
        assert wanted in text
    assert "1 files left out that cannot be read" in text and "broken.wav" in text
    assert "1 files left out that have a path that no layout knows" in text and "odd.wav" in text


def test_hand_made_tables_are_not_overwritten(mine, capsys):
    before = (mine / "manifest.csv").read_bytes()
    assert cli.run(["data", "scan", str(mine)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert (mine / "manifest.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        ({}, "holds no audio files"),
        ({"a/b.wav": np.zeros(100)}, "sort its files into speech/SPEAKER"),
        ({"noisy_testset_wav/p232_001.wav": np.zeros(100)}, "only mixtures or test sets"),
    ],
)
def test_a_folder_that_is_no_corpus_says_what_to_do(tmp_path, files, advice):
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(CorpusError, match=advice):
        scanned(build(folder, files))
    with pytest.raises(CorpusError, match="not a folder"):
        scanned(tmp_path / "nowhere")
