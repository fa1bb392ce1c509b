"""Work spread over processes: every result with its place, and one line where a process is lost."""

import os
import signal

import pytest

from percepnet.errors import PercepNetError
from training.workers import Workers


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
