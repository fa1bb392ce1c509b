"""Work spread over processes: every result with its place, and one line where a process is lost."""

import os
import signal
import subprocess
import sys
import time

import pytest

from percepnet.errors import PercepNetError
from percepnet.training.workers import Workers


def squared(number: int) -> int:
    return number**2


def die(_) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_) -> None:
    raise PercepNetError("the third file is broken")


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_with_the_place_of_their_task(jobs):
    assert dict(Workers(jobs).run(squared, [3, 1, 2])) == {0: 9, 1: 1, 2: 4}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_job_raises_arrives(jobs):
    with pytest.raises(PercepNetError, match="the third file is broken"):
        list(Workers(jobs).run(fail, [1, 2]))


def test_a_killed_process_is_named():
    with pytest.raises(PercepNetError, match="one of the 2 processes was killed: .*fewer --jobs"):
        list(Workers(2).run(die, [1, 2, 3]))


BEGIN = """
import sys, time
from pathlib import Path
from percepnet.training.workers import Workers

def work(number):
    (Path(sys.argv[1]) / str(number)).touch()
    time.sleep(60)

list(Workers(2).run(work, range(9)))
"""


def test_after_ctrl_c_no_task_begins(tmp_path):
    # Tests started in the background of a script inherit an ignored SIGINT.
    heed = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), "start_new_session": True}
    (tmp_path / "begin.py").write_text(BEGIN)
    (tmp_path / "begun").mkdir()
    command = [sys.executable, tmp_path / "begin.py", tmp_path / "begun"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, **heed)
    while len(list((tmp_path / "begun").iterdir())) < 2:
        time.sleep(0.1)
        assert running.poll() is None
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=30)
    assert running.returncode == -signal.SIGINT
    assert len(list((tmp_path / "begun").iterdir())) == 2
