"""Many files at once: every file's fate, the same bits however many work, nothing half-written."""

import os
import pickle
import subprocess
import sys
import time

import ctrl_c
import numpy as np
import pytest
import soundfile
from backends import model_bytes
from compare import assert_same_bits
from distributed import LocalCluster
from recordings import recording

import percepnet
from percepnet import BadModel, BadOption, Missing, PercepNetError

RATES = {"a.wav": 48000, "b.wav": 16000, "c.wav": 44100}


@pytest.fixture
def folder(tmp_path):
    """Three recordings, one of them in a folder, something that is no audio, and a file that only says it is."""
    noisy = recording("noisy_speech.wav", start=1.0, seconds=0.2)
    for name, rate in RATES.items():
        path = tmp_path / "in" / ("deep" if name == "c.wav" else "") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, noisy, rate, "FLOAT")
    (tmp_path / "in/notes.txt").write_text("words")
    (tmp_path / "in/bad.wav").write_text("words")
    return tmp_path / "in"


def written(folder):
    return {str(path.relative_to(folder)): soundfile.read(path, dtype="float32") for path in folder.rglob("*.wav")}


def check(results, out):
    """All but the bad file are there, with the bits of percepnet.enhance."""
    assert [one.source.name for one in results] == ["a.wav", "b.wav", "bad.wav", "c.wav"]
    assert [one.source.name for one in results if one.error] == ["bad.wav"]
    assert "bad.wav cannot be read as audio" in str(results[2].error) and "\n" not in str(results[2].error)
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == sorted(RATES)
    for one in results:
        if not one.error:
            samples, rate = soundfile.read(one.source, dtype="float32")
            expected = percepnet.enhance(samples, model_bytes(), rate, postfilter=0.5)
            assert_same_bits(soundfile.read(one.target, dtype="float32")[0], expected, one.target.name)


@pytest.mark.parametrize("jobs", [1, 2, None])
def test_processes_write_what_enhance_gives(folder, tmp_path, jobs):
    model = percepnet.load_model(model_bytes())
    check(percepnet.enhance_files(folder, tmp_path / "out", model, jobs=jobs, postfilter=0.5), tmp_path / "out")


def test_a_dask_cluster_writes_the_same_from_another_folder(folder, tmp_path, monkeypatch):
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        monkeypatch.chdir(tmp_path)
        address = cluster.scheduler_address
        check(percepnet.enhance_files("in", "out", model_bytes(), dask=address, postfilter=0.5), tmp_path / "out")


def test_a_list_of_files_keeps_its_order(folder, tmp_path, capfd):
    files = [folder / "deep/c.wav", tmp_path / "nowhere.wav", folder / "a.wav", folder / "deep"]
    results = percepnet.enhance_files(files, tmp_path / "out", model_bytes(), jobs=1)
    assert [one.source for one in results] == files
    assert [one.error is None for one in results] == [True, False, True, False]
    assert "nowhere.wav: No such file" in str(results[1].error) and "is a folder" in str(results[3].error)
    assert sorted(written(tmp_path / "out")) == ["a.wav", "c.wav"] and capfd.readouterr() == ("", "")
    assert percepnet.enhance_files([], tmp_path / "out", model_bytes()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_for_which_there_is_no_result_is_not_left(jobs, folder, tmp_path):
    (folder / "deep/c.wav").write_text("words")
    percepnet.enhance_files(folder, tmp_path / "out", model_bytes(), jobs=jobs)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.wav", "b.wav"]
    for out in (tmp_path / "new", tmp_path / "old"):
        (tmp_path / "old").mkdir(exist_ok=True)
        results = percepnet.enhance_files([tmp_path / "nowhere.wav", folder / "bad.wav"], out, model_bytes(), jobs=jobs)
        assert all(one.error for one in results) and not list(out.glob("*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "old", "out"]


def test_no_input_is_overwritten(folder, model):
    before = (folder / "a.wav").read_bytes()
    (result,) = percepnet.enhance_files(folder / "a.wav", folder, model)
    assert "is the input" in str(result.error) and (folder / "a.wav").read_bytes() == before


def test_what_cannot_begin_writes_nothing(folder, tmp_path):
    out, model = tmp_path / "out", model_bytes()
    for error, words, call in (
        (BadModel, "model", lambda: percepnet.enhance_files(folder, out, b"no model")),
        (BadOption, "max_attenuation_db 0..100", lambda: percepnet.enhance_files(folder, out, model, postfilter=2.0)),
        (BadOption, "1 or more", lambda: percepnet.enhance_files(folder, out, model, jobs=0)),
        (PercepNetError, "inside the input", lambda: percepnet.enhance_files(folder, folder / "out", model)),
        (PercepNetError, "not a folder", lambda: percepnet.enhance_files(folder, folder / "a.wav", model)),
        (PercepNetError, "create it first", lambda: percepnet.enhance_files(folder, out / "deep", model)),
        (PercepNetError, "2 inputs are named x.wav", lambda: percepnet.enhance_files(["x.wav", "d/x.wav"], out, model)),
    ):
        with pytest.raises(error, match=words):
            call()
    assert not out.exists()


@pytest.mark.parametrize(
    "package, options, installs",
    [
        ("soundfile", {"progress": False}, "soundfile"),
        ("rich", {}, "rich"),
        ("distributed", {"dask": "tcp://127.0.0.1:1"}, r"'percepnet\[cluster\]'"),
    ],
)
def test_a_missing_package_is_named_before_the_work(package, options, installs, folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Missing, match=f"^{package} is not installed: run `pip install {installs}`"):
        percepnet.enhance_files(folder, tmp_path / "out", model_bytes(), jobs=2, **options)
    assert not (tmp_path / "out").exists()


def test_a_model_can_go_to_another_process():
    model = percepnet.load_model(model_bytes())
    frame = np.linspace(-1, 1, percepnet.FRAME_SIZE)
    sent = pickle.loads(pickle.dumps(model))
    ours, theirs = (percepnet.Enhancer(one).process_frame(frame)[0] for one in (model, sent))
    assert_same_bits(theirs, ours, "pickled")


STARTED = """
import multiprocessing, sys, percepnet
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[4])
    for one in percepnet.enhance_files(*sys.argv[1:4], jobs=2, postfilter=0.5):
        print(one.source.name, one.error)
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])  # Windows and macOS; Linux from Python 3.14
def test_processes_may_start_afresh(method, folder, model, tmp_path):
    (folder / "bad.wav").unlink()
    (tmp_path / "started.py").write_text(STARTED)
    command = [sys.executable, "-W", "error", tmp_path / "started.py", folder, tmp_path / "out", model, method]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert (done.stdout, done.stderr) == ("a.wav None\nb.wav None\nc.wav None\n", "")
    samples = soundfile.read(folder / "a.wav", dtype="float32")[0]
    expected = percepnet.enhance(samples, model, postfilter=0.5)
    assert_same_bits(soundfile.read(tmp_path / "out/a.wav", dtype="float32")[0], expected, method)


STOPPED = """
import sys, percepnet
if __name__ == "__main__":
    percepnet.enhance_files(sys.argv[1], sys.argv[2], sys.argv[3], jobs=2)
"""


def test_ctrl_c_leaves_whole_files_and_nothing_else(model, tmp_path):
    noisy = recording("noisy_speech.wav", start=0.0, seconds=4.0)
    (tmp_path / "in").mkdir()
    soundfile.write(tmp_path / "in/000.wav", np.tile(noisy, 30), 48000)
    for number in range(1, 100):
        os.link(tmp_path / "in/000.wav", tmp_path / f"in/{number:03}.wav")
    (tmp_path / "stopped.py").write_text(STOPPED)
    command = [sys.executable, tmp_path / "stopped.py", tmp_path / "in", tmp_path / "out", model]
    running = ctrl_c.start(*command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    while not list((tmp_path / "out").glob("*.wav")):
        time.sleep(0.05)
        assert running.poll() is None
    ctrl_c.press(running)
    made = list((tmp_path / "out").iterdir())
    assert 0 < len(made) < 100
    assert {(path.suffix, soundfile.info(path).frames) for path in made} == {(".wav", 30 * noisy.size)}
