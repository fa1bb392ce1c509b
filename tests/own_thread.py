"""Runs a job in a thread of its own: Playwright allows one browser driver per thread, and other tests keep one open."""

from concurrent.futures import ThreadPoolExecutor


def in_own_thread(job, *arguments):
    """What job(*arguments) returns or raises."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(job, *arguments).result()
