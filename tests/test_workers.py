"""Work spread over processes: every result with its place, and one line where a process is lost."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time

import ctrl_c
import pytest
import soundfile
from distributed import Client, LocalCluster

from percepnet.errors import PercepNetError
from percepnet.workers import Pool, Workers


def squared(number: int) -> int:
    return number**2


def die(_) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_) -> None:
    raise PercepNetError("the third file is broken")


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_with_the_place_of_their_task(jobs):
    assert dict(Workers(jobs).run(squared, [3, 1, 2])) == {0: 9, 1: 1, 2: 4}


def test_there_are_no_more_processes_than_tasks(monkeypatch):
    made = []
    monkeypatch.setattr("percepnet.workers.Pool", lambda jobs: made.append(jobs) or Pool(jobs))
    assert dict(Workers(99).run(squared, [3, 1])) == {0: 9, 1: 1}
    assert dict(Workers(99).run(squared, [])) == {}
    assert made == [2]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_job_raises_arrives(jobs):
    with pytest.raises(PercepNetError, match="the third file is broken"):
        list(Workers(jobs).run(fail, [1, 2]))


def test_a_killed_process_is_named():
    with pytest.raises(PercepNetError, match="one of the 2 processes was killed: .*fewer --jobs"):
        list(Workers(2).run(die, [1, 2, 3]))


def killed_or_tidy(folder) -> None:
    """The first to come waits for the other and dies; the other tidies up when it is ended."""
    try:
        (folder / "first").mkdir()
    except FileExistsError:
        try:
            (folder / "second").touch()
            time.sleep(60)
        finally:
            (folder / "tidied").touch()
    while not (folder / "second").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)


def test_when_one_is_killed_the_others_tidy_up(tmp_path):
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))  # as the commands have, and processes inherit
    try:
        with pytest.raises(PercepNetError, match="was killed"):
            list(Workers(2).run(killed_or_tidy, [tmp_path, tmp_path]))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (tmp_path / "tidied").exists()


def test_ctrl_c_between_tasks_does_not_break_the_others():
    with Pool(1) as pool:
        os.kill(pool.submit(os.getpid).result(), signal.SIGINT)
        time.sleep(0.2)
        assert isinstance(pool.submit(squared, 3).exception(), KeyboardInterrupt)


def nap(_) -> None:
    time.sleep(0.2)


def test_a_lost_scheduler_is_named():
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        results = Workers(dask=cluster.scheduler_address).run(nap, list(range(100)))
        next(results)
    with pytest.raises(PercepNetError, match="the Dask scheduler at tcp://127.0.0.1:[0-9]+ was lost: start it, "):
        list(results)


@pytest.fixture
def while_waiting(monkeypatch):
    """while_waiting(act) -> what was said in a wait for workers; act() is called then, soon."""
    said = []

    def listen(act):
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage()) or threading.Timer(0.2, act).start()
        monkeypatch.setattr("percepnet.workers._log.handlers", [handler])
        return said

    monkeypatch.setattr("percepnet.workers.PATIENCE", "100ms")
    return listen


def test_a_cluster_without_workers_is_named_and_waited_for(while_waiting):
    with LocalCluster(n_workers=0, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        said, address = while_waiting(lambda: cluster.scale(1)), cluster.scheduler_address
        assert dict(Workers(dask=address).run(squared, [3, 2])) == {0: 9, 1: 4}
    assert said == [f"waiting for the first worker of {address}: start one with `dask worker {address}`"]


def test_a_scheduler_that_is_lost_before_there_are_workers_is_named(while_waiting):
    with LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster:
        said, address = while_waiting(cluster.close), cluster.scheduler_address
        with pytest.raises(PercepNetError, match=f"the Dask scheduler at {address} was lost: start it, "):
            next(Workers(dask=address).run(squared, [3]))
    assert len(said) == 1


WAIT = """
import sys
from percepnet import workers
from percepnet.commands import cli

workers.PATIENCE = "100ms"
cli.main()
"""


def test_ctrl_c_ends_the_wait_for_workers(tmp_path, model):
    (tmp_path / "wait.py").write_text(WAIT)
    soundfile.write(tmp_path / "in.wav", [0.5] * 480, 48000)
    with LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster:
        words = ["enhance", tmp_path, f"{tmp_path}-out", "--model", model, "--dask", cluster.scheduler_address]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        running = ctrl_c.start(sys.executable, tmp_path / "wait.py", *words, env=env, text=True)
        assert running.stderr.readline().startswith("waiting for the first worker of tcp://")
        os.killpg(running.pid, signal.SIGINT)
        assert (running.communicate(timeout=30)[1], running.returncode) == ("percepnet: interrupted\n", 130)
    assert not tmp_path.with_name(f"{tmp_path.name}-out").exists()


def test_a_worker_with_another_version_is_named(tmp_path):
    (tmp_path / "percepnet").mkdir()
    (tmp_path / "percepnet/__init__.py").write_text("__version__ = '99.0'")
    (tmp_path / "percepnet-99.0.dist-info").mkdir()
    (tmp_path / "percepnet-99.0.dist-info/METADATA").write_text("Name: percepnet\nVersion: 99.0\n")
    with LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster, Client(cluster) as client:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--no-nanny"]
        worker = subprocess.Popen([*command, "--no-dashboard"], env=os.environ | {"PYTHONPATH": str(tmp_path)})
        try:
            client.wait_for_workers(1, timeout=60)
            with pytest.raises(PercepNetError, match="tcp://.* has percepnet 99.0: install .* there, as here"):
                next(Workers(dask=cluster.scheduler_address).run(nap, [1]))
        finally:
            worker.terminate()
            worker.wait()


BEGIN = """
import sys, time
from pathlib import Path
from percepnet.workers import Workers

def work(number):
    (Path(sys.argv[1]) / str(number)).touch()
    time.sleep(60)

if __name__ == "__main__":
    list(Workers(2).run(work, range(9)))
"""


def test_after_ctrl_c_no_task_begins(tmp_path):
    (tmp_path / "begin.py").write_text(BEGIN)
    (tmp_path / "begun").mkdir()
    running = ctrl_c.start(sys.executable, tmp_path / "begin.py", tmp_path / "begun")
    while len(list((tmp_path / "begun").iterdir())) < 2:
        time.sleep(0.1)
        assert running.poll() is None
    ctrl_c.press(running)
    assert len(list((tmp_path / "begun").iterdir())) == 2
