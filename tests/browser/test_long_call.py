"""The long call: what is counted, when it happened, and whether the machine stood still then."""

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from rich.console import Console

from percepnet.benchmark.pauses import watched_pauses
from percepnet.benchmark.soak import incidents, show, soak
from percepnet.benchmark.threads import ThreadTimes, thread_times, threads_named


@pytest.mark.browser
@pytest.mark.usefixtures("dist")
def test_a_call_is_counted_and_shown(capsys):
    result = soak(0.15, "64", "inline")
    assert result["state"] == "running, live"
    assert result["received"] > 3 and result["audioMs"] > 3000
    show(result, Console(width=120))
    text = capsys.readouterr().out
    assert "minutes of a call" in text and "pauses of a core" in text
    assert all(50 < span["audio_thread"]["ran_ms"] < 5000 for span in result["spans"][1:])


def span_times(*values):
    """What the audio thread did in a span."""
    return asdict(ThreadTimes(*values))


def test_what_happened_is_told_with_what_else_did():
    spans = [
        {"second": 5, "happened": {}, "audio_thread": span_times(101.0, 0.0, 0.25, 0)},
        {"second": 20, "happened": {"ours": 1, "lateCalls": 2}} | {"audio_thread": span_times(100.4, 10.0, 0.5, 0)},
        {"second": 90, "happened": {"bare": 1}, "audio_thread": span_times(180.0, 70.0, 31.0, 3)},
    ]
    table = incidents({"spans": spans, "pauses": [(17.2, 0.0312), (60.0, 0.5)]})
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    assert rows == [
        ("20", "1 underruns, 2 late quanta", "31", "100", "10", "0", "0"),
        ("90", "1 underruns of the bare context", "none", "180", "70", "31", "3"),
        ("", "usually", "", "101", "10", "0", "0"),
    ]


def test_a_thread_is_found_by_its_name_and_what_it_ran_is_counted():
    name, ended = "a name longer than fifteen letters", threading.Event()

    def busy():
        Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(name)
        while not ended.is_set():
            sum(range(1000))

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        wait_until(lambda: threads_named(name, [os.getpid()]))
        found = threads_named(name, [os.getpid(), 2**22 + 1])  # no process has that number
        before = thread_times(found)
        wait_until(lambda: thread_times(found).since(before).ran_ms > 50)
        spent = thread_times(found).since(before)
        assert spent.ran_ms < 10_000 and spent.kernel_ms >= 0 and spent.waited_ms >= 0 and spent.pages_read >= 0
        assert thread_times(found * 2).ran_ms > 1.9 * spent.ran_ms
    finally:
        ended.set()
        thread.join()
    assert threads_named(name, [os.getpid()]) == [] and thread_times(found) == ThreadTimes()


def wait_until(holds):
    """Fails after 20 s."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_a_sleeper_that_is_held_tells_how_long():
    with watched_pauses() as pauses:
        sleeper = multiprocessing.active_children()[0]
        for _ in range(20):  # until it has begun
            time.sleep(0.5)
            os.kill(sleeper.pid, signal.SIGSTOP)
            time.sleep(0.2)
            os.kill(sleeper.pid, signal.SIGCONT)
            time.sleep(0.1)
            if any(0.15 < length < 1 for _, length in pauses.so_far()):
                break
        else:
            pytest.fail("a pause of 0.2 s was not seen in 20 attempts")
    assert not multiprocessing.active_children()
