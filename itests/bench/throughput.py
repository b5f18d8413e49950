"""Rows 1 to 3: requests per second through nginx, and what they cost the workers."""

import processes
from experiment import Experiment
from table import Row, at_least_times, at_most_times
from web import Nginx

SECONDS = 1
TURNS = 12

HELLO_RATE = Row(1, "hello page, 8 static workers, wrk -c8", "requests/s", at_least_times(1.15))
HELLO_CPU = Row(2, "worker CPU of a hello request", "µs", at_most_times(0.88))
WORK_RATE = Row(3, "0.5 ms page, 8 static workers, wrk -c8", "requests/s", at_least_times(1))
WORK_CPU = Row(3, "worker CPU of a 0.5 ms page", "µs", None)


def load(server, page):
    """Requests/s, and user plus system time of the workers per request in µs."""
    with Nginx(server) as nginx:
        workers = server.workers()
        before = sum(processes.cpu_ns(pid) for pid in workers)
        requests, rate = nginx.load(page, SECONDS)
        used_ns = sum(processes.cpu_ns(pid) for pid in workers) - before
    return rate, used_ns / 1000 / requests


def hello(server):
    rate, cpu = load(server, "hello.php")
    return {HELLO_RATE: rate, HELLO_CPU: cpu}


def work(server):
    rate, cpu = load(server, "work.php")
    return {WORK_RATE: rate, WORK_CPU: cpu}


EXPERIMENTS = [
    Experiment((HELLO_RATE, HELLO_CPU), hello, turns=TURNS),
    Experiment((WORK_RATE, WORK_CPU), work, turns=TURNS),
]
