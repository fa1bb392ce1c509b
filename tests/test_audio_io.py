"""Audio files in and out: formats kept, rates bridged without shift, files whole or not there at all."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from percepnet import audio_io
from percepnet.audio_io import Audio, BadAudio, at_core_rate, back_from_core_rate, read_audio, write_audio
from percepnet.errors import PercepNetError

CLIP = Path(__file__).parent / "audio/noisy_speech.wav"
RATES = (8000, 11025, 16000, 44100, 48000, 96000, 192000)
FORMATS = [
    (".wav", "PCM_U8"),
    (".wav", "PCM_16"),
    (".wav", "PCM_24"),
    (".wav", "PCM_32"),
    (".wav", "FLOAT"),
    (".wav", "DOUBLE"),
    (".wav", "ULAW"),
    (".flac", "PCM_16"),
    (".flac", "PCM_24"),
    (".aiff", "PCM_16"),
    (".ogg", "VORBIS"),
    (".mp3", "MPEG_LAYER_III"),
]


def tones(rate, count, channels=1):
    """A few sines below 3 kHz, faded in and out, another phase in each channel: (count, channels)."""
    time = np.arange(count)[:, None] / rate
    phases = np.arange(channels)[None, :]
    waves = sum(np.sin(2 * np.pi * frequency * time + phases) for frequency in (310, 770, 1930, 2900))
    return (0.1 * np.hanning(count)[:, None] * waves).astype(np.float32)


@pytest.mark.parametrize("suffix, subtype", FORMATS)
def test_a_format_survives(suffix, subtype, tmp_path):
    soundfile.write(tmp_path / f"in{suffix}", tones(48000, 4800, 2), 48000, subtype=subtype)
    audio = read_audio(tmp_path / f"in{suffix}")
    write_audio(tmp_path / f"out{suffix}", audio)
    before, after = (soundfile.info(tmp_path / f"{name}{suffix}") for name in ("in", "out"))
    assert (after.format, after.subtype) == (before.format, subtype)
    assert (after.samplerate, after.channels) == (48000, 2)


def test_an_extensible_wav_stays_one(tmp_path):
    soundfile.write(tmp_path / "in.wav", tones(48000, 480, 6), 48000, format="WAVEX", subtype="PCM_24")
    write_audio(tmp_path / "out.wav", read_audio(tmp_path / "in.wav"))
    assert (soundfile.info(tmp_path / "out.wav").format, soundfile.info(tmp_path / "out.wav").subtype) == (
        "WAVEX", "PCM_24")  # fmt: skip


@pytest.mark.parametrize(
    "suffix, subtype, expected",
    [
        (".flac", "FLOAT", "PCM_24"),
        (".flac", "PCM_32", "PCM_24"),
        (".flac", "PCM_24", "PCM_24"),
        (".wav", "VORBIS", "PCM_16"),
        (".ogg", "PCM_16", "VORBIS"),
        (".opus", "PCM_16", "OPUS"),
        (".aif", "PCM_24", "PCM_24"),
        (".WAV", "PCM_24", "PCM_24"),
    ],
)
def test_another_container_gets_the_nearest_format(suffix, subtype, expected, tmp_path):
    write_audio(tmp_path / f"out{suffix}", Audio(tones(48000, 4800), 48000, "OTHER", subtype, ".other"))
    assert soundfile.info(tmp_path / f"out{suffix}").subtype == expected


def test_16_bit_samples_come_back_exactly_and_full_scale_is_clipped(tmp_path):
    values = np.array([-32768, -32767, -1, 0, 1, 32766, 32767], np.int16)
    soundfile.write(tmp_path / "in.wav", values, 48000, subtype="PCM_16")
    audio = read_audio(tmp_path / "in.wav")
    write_audio(tmp_path / "out.wav", audio)
    assert np.array_equal(soundfile.read(tmp_path / "out.wav", dtype="int16")[0], values)
    write_audio(tmp_path / "out.wav", Audio(4 * audio.samples, 48000, subtype="PCM_16"))
    clipped = soundfile.read(tmp_path / "out.wav", dtype="int16")[0]
    assert clipped.tolist() == [-32768, -32768, -4, 0, 4, 32767, 32767]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_to_48_khz_and_back_keeps_length_and_place(rate, channels):
    audio = Audio(tones(rate, rate // 4 + 7, channels), rate)
    at_48k = at_core_rate(audio)
    assert at_48k.rate == 48000 and len(at_48k.samples) == -(-len(audio.samples) * 48000 // rate)
    assert np.abs(back_from_core_rate(at_48k.samples, audio).samples - audio.samples).max() < 1e-4


@pytest.mark.parametrize("rate", RATES)
def test_48_khz_sees_the_signal_where_it_was(rate):
    """The sines of `tones` at 48 kHz are the resampled ones, to a small part of a sample."""
    seconds = 0.25
    resampled = at_core_rate(Audio(tones(rate, int(seconds * rate)), rate)).samples
    time = np.arange(len(resampled)) / 48000
    fade = np.interp(time, np.arange(int(seconds * rate)) / rate, np.hanning(int(seconds * rate)))
    waves = sum(np.sin(2 * np.pi * frequency * time) for frequency in (310, 770, 1930, 2900))
    inside = slice(480, -960)
    assert np.abs(resampled[:, 0] - 0.1 * fade * waves)[inside].max() < 1e-3


@pytest.mark.parametrize("rate", [1000, 8000, 44100, 96000, 384000, 768000])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_samples_are_enough(rate, count):
    audio = Audio(np.full((count, 2), 0.5, np.float32), rate)
    at_48k = at_core_rate(audio)
    assert len(at_48k.samples) == -(-count * 48000 // rate)
    assert back_from_core_rate(at_48k.samples, audio).samples.shape == (count, 2)


@pytest.mark.parametrize(
    "samples, rate, complaint",
    [
        (np.zeros((0, 1)), 48000, "no samples"),
        (np.array([0, np.nan, 0]), 48000, "NaN or infinite samples (1, first at 0.000 s)"),
        (np.array([[0, 0], [0, -np.inf]]), 2, "claims 2 samples a second"),
        (np.array([[0, 0], [0, -np.inf]]), 1000, "NaN or infinite samples (1, first at 0.001 s)"),
    ],
)
def test_what_cannot_be_enhanced_is_refused(samples, rate, complaint, tmp_path):
    soundfile.write(tmp_path / "in.wav", samples, rate, subtype="FLOAT")
    with pytest.raises(BadAudio) as error:
        read_audio(tmp_path / "in.wav")
    assert complaint in str(error.value)


def test_headers_that_lie_are_no_crash(tmp_path):
    data = bytearray(CLIP.read_bytes())
    (tmp_path / "cut.wav").write_bytes(data[:10_000])
    assert 4000 < len(read_audio(tmp_path / "cut.wav").samples) < 5000
    soundfile.write(tmp_path / "good.flac", tones(48000, 4800), 48000)
    flac = bytearray((tmp_path / "good.flac").read_bytes())
    flac[21:26] = b"\xff" * 5  # the number of samples in the stream's header
    (tmp_path / "bad.flac").write_bytes(flac)
    with pytest.raises(BadAudio):
        read_audio(tmp_path / "bad.flac")
    (tmp_path / "bare.raw").write_bytes(bytes(100))
    with pytest.raises(BadAudio):
        read_audio(tmp_path / "bare.raw")


def test_failed_writing_leaves_everything_as_it_was(tmp_path, monkeypatch):
    target = tmp_path / "out.wav"
    target.write_text("before")

    def fail_midway(path, *_, **__):
        Path(path).write_bytes(b"RIFF")
        raise KeyboardInterrupt

    monkeypatch.setattr(soundfile, "write", fail_midway)
    with pytest.raises(KeyboardInterrupt):
        write_audio(target, Audio(tones(48000, 480), 48000))
    assert target.read_text() == "before" and list(tmp_path.iterdir()) == [target]


def test_a_format_that_cannot_hold_the_audio_is_a_clear_error(tmp_path):
    with pytest.raises(PercepNetError, match="44100 Hz.*try .wav"):
        write_audio(tmp_path / "out.opus", Audio(tones(44100, 4410), 44100))
    assert not list(tmp_path.iterdir())


def test_a_link_stays_a_link_and_other_things_are_not_replaced(tmp_path):
    (tmp_path / "real.wav").write_text("before")
    (tmp_path / "link.wav").symlink_to("real.wav")
    write_audio(tmp_path / "link.wav", Audio(tones(48000, 480), 48000))
    assert (tmp_path / "link.wav").is_symlink() and soundfile.info(tmp_path / "real.wav").frames == 480
    (tmp_path / "folder.wav").mkdir()
    for path in (tmp_path / "folder.wav", Path("/dev/null")):
        with pytest.raises(PercepNetError, match="not a plain file"), audio_io.atomic(path):
            pytest.fail("work was begun")
