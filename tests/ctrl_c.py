"""Programs of several processes that Ctrl-C ends, as a terminal does it: it tells all of them."""

import os
import signal
import subprocess


def start(*command, **options) -> subprocess.Popen:
    """Starts a program that press can end."""

    def heed() -> None:  # tests started in the background of a script inherit an ignored SIGINT
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=heed, start_new_session=True, **options)


def press(running: subprocess.Popen) -> None:
    """Ends it; it must say so by its status."""
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=30)
    assert running.returncode == -signal.SIGINT
