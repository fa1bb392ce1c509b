"""Pairs from folders and tables, and what is said of those that do not fit."""

import numpy as np
import pytest
import soundfile

from percepnet.laboratory.pairs import BadPairs, Pair, pairs_of_folders, pairs_of_table, write_table


def test_folders_pair_by_name(folders):
    assert [pair.name for pair in pairs_of_folders(*folders)] == ["deeper/faint", "loud"]


def test_a_noisy_file_without_a_clean_one_is_named(folders, tmp_path, noisy):
    soundfile.write(tmp_path / "alone.wav", noisy, 48000)
    with pytest.raises(BadPairs, match="alone.wav has no counterpart"):
        pairs_of_folders(folders[0], tmp_path)


def test_an_empty_and_a_missing_folder_are_named(folders, tmp_path):
    with pytest.raises(BadPairs, match="no recording in"):
        pairs_of_folders(folders[0], tmp_path)
    with pytest.raises(BadPairs, match="is not a folder"):
        pairs_of_folders(tmp_path / "missing", folders[1])


def test_a_table_keeps_its_labels(folders, tmp_path):
    folder = folders[0].parent
    labels = {"snr_db": "5", "noise_class": "rain, steady", "language": ""}
    pair = Pair("loud", folders[0] / "loud.wav", folders[1] / "loud.wav", labels)
    write_table(folder / "pairs.csv", [pair])
    assert pairs_of_table(folder / "pairs.csv") == [pair]


@pytest.mark.parametrize(
    "text, fault",
    [
        ("clean,snr_db\na.wav,5\n", "no column noisy"),
        ("clean,noisy\n", "no rows"),
        ("clean,noisy\nloud.wav,loud.wav\n", "loud.wav does not exist, which .*pairs.csv names"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, fault):
    (tmp_path / "pairs.csv").write_text(text)
    with pytest.raises(BadPairs, match=fault):
        pairs_of_table(tmp_path / "pairs.csv")


def test_other_rates_and_channels_are_read(tmp_path, noisy):
    stereo = np.stack([noisy[::3], np.zeros_like(noisy[::3])], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, 16000)
    clean, other = Pair("a", tmp_path / "a.wav", tmp_path / "a.wav").read()
    assert clean.shape == (96000,) and np.array_equal(clean, other) and clean.any()


def test_pairs_must_be_equally_long(tmp_path, clean):
    soundfile.write(tmp_path / "long.wav", clean, 48000)
    soundfile.write(tmp_path / "short.wav", clean[:-1], 48000)
    with pytest.raises(BadPairs, match="95999.*96000.*same length"):
        Pair("a", tmp_path / "long.wav", tmp_path / "short.wav").read()
