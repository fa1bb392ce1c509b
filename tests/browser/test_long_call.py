"""The long call: what is counted, when it happened, and whether the machine stood still then."""

import multiprocessing
import os
import signal
import time

import pytest
from rich.console import Console

from percepnet.benchmark.pauses import watched_pauses
from percepnet.benchmark.soak import list_incidents, show, soak


@pytest.mark.browser
@pytest.mark.usefixtures("dist")
def test_a_call_is_counted_and_shown(capsys):
    result = soak(0.15, "64", "inline")
    assert result["state"] == "running, live"
    assert result["received"] > 3 and result["audioMs"] > 3000
    show(result, Console(width=120))
    text = capsys.readouterr().out
    assert "minutes of a call" in text and "pauses of the whole machine" in text


def test_what_happened_is_told_with_the_pauses_beside_it():
    happened = [{"second": 20, "happened": {"ours": 1, "lateCalls": 2}}, {"second": 90, "happened": {"bare": 1}}]
    result = {"incidents": happened, "pauses": [(17.2, 0.0312), (60.0, 0.5)]}
    assert list(list_incidents(result)) == [
        "until second 20: 1 underruns, 2 late quanta; the machine stood still: 31 ms",
        "until second 90: 1 underruns of the bare context; the machine stood still: not at all",
    ]


def test_a_sleeper_that_is_held_tells_how_long():
    with watched_pauses() as pauses:
        sleeper = multiprocessing.active_children()[0]
        for _ in range(20):  # until it has begun
            time.sleep(0.5)
            os.kill(sleeper.pid, signal.SIGSTOP)
            time.sleep(0.2)
            os.kill(sleeper.pid, signal.SIGCONT)
            time.sleep(0.1)
            if any(0.15 < length < 1 for _, length in pauses()):
                break
        else:
            pytest.fail("a pause of 0.2 s was not seen in 20 attempts")
    assert not multiprocessing.active_children()
