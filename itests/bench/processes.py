"""Processes as /proc shows them, and the harness's own duty to leave none behind."""

import ctypes
import os
import signal
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
CPUCLOCK_SCHED = 2


def adopt_orphans():
    """Makes the harness the parent of what a killed master leaves, so that it can end it all."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def children(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that ended meanwhile has no children
    return found


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def end_tree(pids):
    """Kills the given processes and all below them, and waits for those that are our children."""
    for pid in [p for root in pids for p in (root, *descendants(root))]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # gone with its parent
    reap()


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass  # none left


def cpu_ns(pid):
    """User and system time of all threads a process has had: clock_getcpuclockid(3)."""
    return time.clock_gettime_ns((~pid << 3) | CPUCLOCK_SCHED)


def thread_cpu_ns(pid, name):
    """User and system time of the threads of that name: proc(5), schedstat."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    own = [task for task in tasks if (task / "comm").read_text().strip() == name]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in own)


def resident_kb(pid):
    return _kilobytes(f"/proc/{pid}/status", "VmRSS:")


def private_kb(pid):
    """Memory no other process shares: what a further worker like this one would cost."""
    rollup = f"/proc/{pid}/smaps_rollup"
    return _kilobytes(rollup, "Private_Clean:") + _kilobytes(rollup, "Private_Dirty:")


def _kilobytes(file, label):
    for line in Path(file).read_text().splitlines():
        if line.startswith(label):
            return int(line.split()[1])
    raise ValueError(f"{file} has no {label}")


def await_true(claim, what, timeout_s=30.0, pause_s=0.001):
    """Waits until claim() holds; what is part of the message of the TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while not claim():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout_s:g} s")
        time.sleep(pause_s)
