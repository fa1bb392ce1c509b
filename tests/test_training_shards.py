"""Shards: what extraction writes is what training reads, signals and features of the same frames."""

from dataclasses import replace

import numpy as np
import pytest
from distributed import LocalCluster
from recordings import recording
from tiny_corpus import build_tiny_corpus

from percepnet.constants import FRAME_SIZE
from percepnet.training.corpus import Corpus
from percepnet.training.extract_features import extract_mixture, extract_shards, high_passed
from percepnet.training.feature_store import (
    HISTORY_BLOCKS,
    NUM_COLUMNS,
    FeatureStore,
    StoreError,
    audio_path,
    pack_audio,
    shard_path,
    write_shard,
)
from percepnet.training.manifest import CorpusError, read_manifest, write_tables
from percepnet.training.mix import make_mixture
from percepnet.training.recipe import Recipe
from percepnet.workers import Workers

TINY = 0.03  # hours: one shard


def mixture(seed: int, frames: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Random rows and audio of one mixture; the periods count the frames."""
    rng = np.random.default_rng(seed)
    signals = rng.normal(0, 0.1, (2, frames * FRAME_SIZE))
    return rng.random((frames, NUM_COLUMNS), np.float32), pack_audio(*signals, np.arange(frames))


def store_of(folder, seeds) -> FeatureStore:
    """A store with one shard of a mixture per seed."""
    rows, audio = zip(*(mixture(seed) for seed in seeds), strict=True)
    write_shard(folder, 0, rows, audio)
    return FeatureStore(folder)


def test_rows_come_back_and_new_shards_are_noticed(tmp_path):
    store = store_of(tmp_path, [1, 2])
    assert store.num_mixtures == 2 and store.num_frames == 120
    write_shard(tmp_path, 1, *([part] for part in mixture(3)))
    store.refresh()
    assert store.num_mixtures == 3
    np.testing.assert_allclose(np.stack(list(store.mixtures())), [mixture(seed)[0] for seed in (1, 2, 3)], atol=2e-3)
    assert store.batch(5, 20, np.random.default_rng(1)).shape == (20, 5, NUM_COLUMNS)


def test_folders_count_as_one_store(tmp_path):
    for name in "ab":
        store_of(tmp_path / name, [1, 2])
    assert FeatureStore(tmp_path / "a", tmp_path / "b").num_mixtures == 4


def test_batches_with_audio_have_the_rows_of_batches_without(tmp_path):
    store = store_of(tmp_path, [1, 2, 3])
    rows, audio = store.batch_with_audio(8, 20, np.random.default_rng(4))
    assert np.array_equal(rows, store.batch(8, 20, np.random.default_rng(4)))
    assert audio.period.shape == (20, 8)
    assert audio.noisy.shape == audio.clean.shape == (HISTORY_BLOCKS + 20, 8, FRAME_SIZE)


def test_the_audio_of_a_row_is_its_block_with_the_blocks_before_it(tmp_path):
    store = store_of(tmp_path, [1])
    (_, whole), (_, audio) = next(store.audio_mixtures()), store.batch_with_audio(30, 20, np.random.default_rng(4))
    assert not whole.noisy[:HISTORY_BLOCKS].any()
    for column in range(30):
        first = audio.period[0, column]  # the periods count the frames
        assert np.array_equal(audio.period[:, column], first + np.arange(20))
        blocks = slice(first, first + HISTORY_BLOCKS + 20)
        assert np.array_equal(audio.noisy[:, column], whole.noisy[blocks, 0])
        assert np.array_equal(audio.clean[:, column], whole.clean[blocks, 0])


def test_packing_keeps_the_signals_up_to_a_factor():
    noisy, clean = recording("noisy_speech.wav"), recording("clean_speech.flac")
    packed = pack_audio(noisy, clean, np.full(100, 300)).astype(float)
    factor = np.abs(packed[:, :-1]).max() / max(np.abs(signal[:48000]).max() for signal in (noisy, clean))
    for start, signal in ((0, noisy), (FRAME_SIZE, clean)):
        ours = packed[:, start : start + FRAME_SIZE].ravel()
        np.testing.assert_allclose(ours, signal[:48000] * factor, atol=0.51)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Recipe:
    """The recipe of one shard that is there."""
    folder = tmp_path_factory.mktemp("extracted")
    recipe = Recipe((build_tiny_corpus(folder / "corpus"),), folder / "shards", "train", 1, False)
    assert extract_shards(recipe, TINY, Workers(1)) == 1
    return recipe


def contents(recipe: Recipe) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in recipe.out.iterdir()}


def test_extraction_goes_on_where_it_was_stopped(extracted):
    before = contents(extracted)
    shard_path(extracted.out, 0).unlink()
    extract_shards(extracted, TINY, Workers(1))
    assert contents(extracted) == before


def test_a_shard_holds_the_mixtures_of_its_numbers(extracted):
    rows, audio = extract_mixture(make_mixture(Corpus(extracted.data, "train"), 1, 0))
    np.testing.assert_allclose(next(FeatureStore(extracted.out).mixtures()), rows, atol=2e-3)
    assert np.array_equal(np.load(audio_path(extracted.out, 0))[0], audio)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["processes", "cluster"])
def test_shards_are_the_same_wherever_they_are_made(extracted, tmp_path, where):
    recipe = replace(extracted, out=tmp_path / "shards")
    if where == "processes":
        assert extract_shards(recipe, 2 * TINY, Workers(2)) == 2
    else:
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
            assert extract_shards(recipe, 2 * TINY, Workers(dask=cluster.scheduler_address)) == 2
    assert contents(recipe).items() > contents(extracted).items() and shard_path(recipe.out, 1).exists()


def test_shards_of_two_recipes_do_not_mix(extracted, tmp_path):
    before, moved = contents(extracted), tmp_path / "moved"
    moved.symlink_to(extracted.data[0])
    replace(extracted, data=(moved,)).claim()
    more = tmp_path / "more"
    more.mkdir()
    write_tables(more, [{"path": row["path"], "kind": "speech"} for row in read_manifest(moved)[:1]], [])
    others = {"split": "test", "seed": 2, "no_gpl": True, "data": (moved, more)}
    for name, value in others.items():
        with pytest.raises(StoreError, match="was made from another .* delete it, or give another --out"):
            replace(extracted, **{name: value}).claim()
    assert contents(extracted) == before


def test_a_folder_without_tables_leaves_nothing(tmp_path):
    recipe = Recipe((tmp_path / "mine",), tmp_path / "shards", "train", 1, False)
    with pytest.raises(CorpusError, match="make it with `percepnet data scan"):
        extract_shards(recipe, TINY, Workers(1))
    assert list(tmp_path.iterdir()) == []


def test_the_high_pass_of_shards_is_the_cores():
    from percepnet import native

    x = recording("noisy_speech.wav")[: 100 * FRAME_SIZE]
    core = native.Inspector("models/percepnet-128.pnet")
    blocks = []
    for block in x.reshape(-1, FRAME_SIZE):
        core.signal("input")[:] = block
        core.run_stage("high_pass")
        blocks.append(core.signal("history")[-FRAME_SIZE:].copy())
    np.testing.assert_allclose(np.concatenate(blocks), high_passed(x), atol=1e-7)


def test_unusable_stores_say_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="run `python -m percepnet.training extract` first"):
        FeatureStore(tmp_path)
    store = store_of(tmp_path, [1])
    audio_path(tmp_path, 0).unlink()
    with pytest.raises(StoreError, match="extract again"):
        store.batch_with_audio(1, 20, np.random.default_rng(1))
