"""Rows 14 to 18: what spawning, starting and merely being there costs."""

import re
import signal
import socket
import statistics
import struct
import subprocess
import time

import fastcgi
import processes
from experiment import ONDEMAND, STATIC, Experiment
from servers import Fpm4j
from table import Row, at_most, at_most_times

SPAWNS = 20
POOLS, WORKERS, WATCHED_S, SETTLED_S = 100, 10, 30, 10

SPAWN = Row(14, "spawn one worker, seen from the master", "ms", at_most(1))
PRIVATE_FRESH = Row(15, "private memory of a worker that served nothing", "kB", at_most_times(1.1))
PRIVATE_USED = Row(15, "private memory of an idle worker after 100 pages", "kB", at_most_times(1.1))
RESIDENT = Row(16, "memory of the master (RSS), one pool", "MB", at_most(64))
FIRST_ANSWER = Row(17, "exec of the master to the first answer", "ms", at_most(500))
MASTER_CPU = Row(
    18, f"CPU of the master, {POOLS} pools × {WORKERS} idle workers", "% of a core", at_most(0.3)
)
TICK = Row(18, "the master's tick (its loop's thread), per worker", "µs", at_most(1))


def spawn(server):
    spawn_as_master = spawn_by_zygote if isinstance(server, Fpm4j) else spawn_by_fork
    return {SPAWN: 1000 * spawn_as_master(server)}


def spawn_by_zygote(server):
    """
    Median seconds from SPAWN to WORKER on the control socket: the harness takes the place of the
    master, which it kills, so what it sees is what a master sees.
    """
    spawn_type, worker_type = 33, 3
    server.process.kill()
    server.process.wait()
    times = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
        control.settimeout(5)
        control.connect(str(server.run_directory / "www.1.control"))
        for slot in range(ONDEMAND["pm.max_children"] - SPAWNS, ONDEMAND["pm.max_children"]):
            begun = time.monotonic()
            control.send(struct.pack("=IIII", spawn_type, 16, slot, 0))
            while struct.unpack_from("=III", control.recv(4096))[::2] != (worker_type, slot):
                pass
            times.append(time.monotonic() - begun)
    return statistics.median(times)


def spawn_by_fork(server):
    """Median seconds php-fpm's master spends in fork(), with what strace adds to one call."""
    trace = server.scratch / "strace"
    command = ["strace", "-T", "-e", "trace=clone,clone3,fork", "-o", str(trace)]
    strace = subprocess.Popen([*command, "-p", str(server.process.pid)], stderr=subprocess.PIPE)
    try:
        strace.stderr.readline()  # "Process ... attached"
        address, page = server.socket_of(), server.page("slow.php")
        fastcgi.collect(fastcgi.start_many(address, page, "1500", SPAWNS))
    finally:
        strace.send_signal(signal.SIGINT)
        strace.communicate()
    return statistics.median(float(s) for s in re.findall(r"= \d+ <([\d.]+)>", trace.read_text()))


def private_memory(server):
    workers = server.workers()
    fresh = statistics.median(processes.private_kb(pid) for pid in workers)
    for _ in range(100):
        fastcgi.collect(fastcgi.start_many(server.socket_of(), server.page("hello.php"), "", 8))
    used = statistics.median(processes.private_kb(pid) for pid in workers)
    return {PRIVATE_FRESH: fresh, PRIVATE_USED: used}


def resident(server):
    for _ in range(20):
        server.hello()
        if isinstance(server, Fpm4j):
            server.order("status", "--json")
    time.sleep(3)
    return {RESIDENT: processes.resident_kb(server.process.pid) / 1024}


def first_answer(server):
    begun = time.monotonic()
    server.launch()
    server.await_answer()
    return {FIRST_ANSWER: 1000 * (time.monotonic() - begun)}


def idle_master(server):
    time.sleep(SETTLED_S)
    pid = server.process.pid
    loop = "fpm4j-loop" if isinstance(server, Fpm4j) else "php-fpm8.2"
    before = processes.cpu_ns(pid), processes.thread_cpu_ns(pid, loop)
    time.sleep(WATCHED_S)
    used_ns = processes.cpu_ns(pid) - before[0]
    ticks_ns = processes.thread_cpu_ns(pid, loop) - before[1]
    return {
        MASTER_CPU: 100 * used_ns / (WATCHED_S * 1e9),
        TICK: ticks_ns / 1000 / WATCHED_S / (POOLS * WORKERS),
    }


EXPERIMENTS = [
    Experiment((SPAWN,), spawn, {"www": ONDEMAND}),
    Experiment((PRIVATE_FRESH, PRIVATE_USED), private_memory),
    Experiment((RESIDENT,), resident),
    Experiment((FIRST_ANSWER,), first_answer, starts_itself=True),
    Experiment(
        (MASTER_CPU, TICK),
        idle_master,
        {f"p{n:02}": {**STATIC, "pm.max_children": WORKERS} for n in range(POOLS)},
    ),
]
