"""Rows 4 to 6: many requests at once into pools that have few workers yet."""

import fastcgi
from experiment import DEBIAN_DYNAMIC, DYNAMIC, ONDEMAND, Experiment, quantile
from table import Row, at_most

DYNAMIC_P50 = Row(4, "burst of 200 × 100 ms into dynamic 2/2/8/64, p50", "s", None)
DYNAMIC_P99 = Row(4, "burst of 200 × 100 ms into dynamic 2/2/8/64, p99", "s", at_most(0.6))
ONDEMAND_P50 = Row(5, "burst of 200 × 100 ms into ondemand, max 64, p50", "s", None)
ONDEMAND_P99 = Row(5, "burst of 200 × 100 ms into ondemand, max 64, p99", "s", at_most(0.6))
WAIT_P50 = Row(6, "40 × 3 s at once, dynamic 2/1/3/64, extra wait p50", "s", None)
WAIT_MAX = Row(6, "40 × 3 s at once, dynamic 2/1/3/64, extra wait max", "s", at_most(0.1))


def burst(server, count, duration_ms):
    """Seconds each of `count` simultaneous requests took."""
    address, page = server.socket_of(), server.page("slow.php")
    answers = fastcgi.collect(fastcgi.start_many(address, page, str(duration_ms), count))
    if not all(answer.complete and answer.body == "done\n" for answer in answers):
        raise RuntimeError(f"{server.name} left requests of the burst unanswered")
    return [answer.seconds for answer in answers]


def short(p50, p99):
    def measure(server):
        seconds = burst(server, 200, 100)
        return {p50: quantile(seconds, 0.5), p99: quantile(seconds, 0.99)}

    return measure


def long_requests(server):
    waits = [seconds - 3 for seconds in burst(server, 40, 3000)]
    return {WAIT_P50: quantile(waits, 0.5), WAIT_MAX: max(waits)}


EXPERIMENTS = [
    Experiment((DYNAMIC_P50, DYNAMIC_P99), short(DYNAMIC_P50, DYNAMIC_P99), {"www": DYNAMIC}),
    Experiment((ONDEMAND_P50, ONDEMAND_P99), short(ONDEMAND_P50, ONDEMAND_P99), {"www": ONDEMAND}),
    Experiment((WAIT_P50, WAIT_MAX), long_requests, {"www": DEBIAN_DYNAMIC}),
]
