"""What else runs on this machine while something is measured: programs of others, and our own that still start up."""

import time

from ..requirements import need

WATCH_S = 1.0
LEAST_SHARE = 0.05  # of a core: below that a program disturbs nobody
NAMED = 3
CALM_SHARE, CALM_WATCH_S, CALM_LIMIT_S = 0.1, 0.4, 20.0


def process_times(processes):
    """{psutil.Process: seconds of processor time until now} of those that still run."""
    psutil, times = need("psutil"), {}
    for process in processes:
        try:
            used = process.cpu_times()
        except psutil.Error:  # it has just ended, or is none of our business
            continue
        times[process] = used.user + used.system
    return times


def shares(list_processes, seconds):
    """[(psutil.Process, share of a core)] of the processes of a list that is taken twice, the busiest first."""
    before, start = process_times(list_processes()), time.monotonic()
    time.sleep(seconds)
    after, passed = process_times(list_processes()), time.monotonic() - start
    found = [(process, (used - before.get(process, 0)) / passed) for process, used in after.items()]
    return sorted(found, key=lambda pair: -pair[1])


def own_processes():
    """This program and all that it started."""
    me = need("psutil").Process()
    return [me, *me.children(recursive=True)]


def competitors(seconds=WATCH_S):
    """[(psutil.Process, share of a core)] of other programs that use a core for more than a moment, watched so long."""
    psutil, ours = need("psutil"), set(own_processes())
    return [(p, share) for p, share in shares(psutil.process_iter, seconds) if p not in ours and share > LEAST_SHARE]


def name_of(process):
    try:
        return process.name()
    except need("psutil").NoSuchProcess:
        return "a program that ended"


def busy_note(found):
    """A line about competitors(), None where there are none."""
    if not found:
        return None
    named = ", ".join(f"{name_of(process)} ({100 * share:.0f} %)" for process, share in found[:NAMED])
    rest = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"this machine is busy: {named}{rest}, of a core each. Close them, or do not trust the figures"


def wait_until_calm(limit_s=CALM_LIMIT_S):
    """Waits, at most that long, until what this program started has done with starting up."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and sum(share for _, share in shares(own_processes, CALM_WATCH_S)) > CALM_SHARE:
        pass
