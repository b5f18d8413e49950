"""Rows 7 to 10: what reloads, and the death of the master, cost those who are being served."""

import threading
import time

import fastcgi
import processes
from experiment import STATIC, Experiment
from table import Row, at_most, exactly

LOST_BY_RELOADS = Row(
    7, "reload each second for 10 s, 16 clients × 100 ms", "requests lost", exactly(0), max
)
SERVED = Row(7, "requests served meanwhile", "requests", None)
LONGEST_ANSWER = Row(
    8, "reload during a 5 s request: longest answer to 100 ms requests", "ms", at_most(150)
)
COMPLETED = Row(9, "reload with 20 requests in flight", "completed", exactly(20), min)
TAKEN_OVER = Row(
    10, "kill -9 of the master, restart: workers of 8 taken over", "workers", exactly(8), min
)
LOST_BY_KILL = Row(
    10, "kill -9 of the master, restart: 16 clients", "requests lost", exactly(0), max
)


class Clients:
    """Clients that ask for slow.php without a pause, each on a new connection, while in `with`."""

    def __init__(self, server, count, duration_ms):
        self.answers = []
        address, page = server.socket_of(), server.page("slow.php")
        self._ask = lambda: fastcgi.ask(address, page, str(duration_ms))
        self._lost_pause_s = duration_ms / 1000
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(count)]

    def _work(self):
        while not self._ended.is_set():
            answer = self._ask()
            self.answers.append(answer)
            if not answer.complete:
                self._ended.wait(self._lost_pause_s)  # lost once, not as often as it can fail

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def lost(self):
        return sum(not answer.complete for answer in self.answers)


def reload_each_second(server):
    with Clients(server, 16, 100) as clients:
        for _ in range(10):
            time.sleep(1)
            server.reload()
    return {LOST_BY_RELOADS: clients.lost(), SERVED: len(clients.answers) - clients.lost()}


def reload_during_long_request(server):
    address, page = server.socket_of(), server.page("slow.php")
    long_request = fastcgi.start_many(address, page, "5000", 1)
    with Clients(server, 2, 100) as clients:
        time.sleep(0.5)
        server.reload()
        answer = fastcgi.collect(long_request)[0]
    if not answer.complete:
        raise RuntimeError(f"{server.name} lost the long request")
    return {LONGEST_ANSWER: 1000 * max(answer.seconds for answer in clients.answers)}


def reload_in_flight(server):
    in_flight = fastcgi.start_many(server.socket_of(), server.page("slow.php"), "2000", 20)
    time.sleep(0.5)
    server.reload()
    answers = fastcgi.collect(in_flight)
    return {COMPLETED: sum(answer.body == "done\n" for answer in answers)}


def kill_master(server):
    before = set(server.workers())
    with Clients(server, 16, 100) as clients:
        time.sleep(1)
        server.process.kill()
        server.process.wait()
        time.sleep(0.5)
        server.launch()
        taken_over = count_taken_over(server, before)
        time.sleep(1)
    return {TAKEN_OVER: taken_over, LOST_BY_KILL: clients.lost()}


def count_taken_over(server, before):
    """How many of `before` the new master manages, as soon as it manages all or ends."""

    def settled():
        return server.process.poll() is not None or before == set(server.managed_workers())

    try:
        processes.await_true(settled, "the takeover", timeout_s=10, pause_s=0.05)
    except TimeoutError:
        pass  # what it manages after that long is its figure
    return len(before & set(server.managed_workers()))


EXPERIMENTS = [
    Experiment((LOST_BY_RELOADS, SERVED), reload_each_second),
    Experiment(
        (LONGEST_ANSWER,), reload_during_long_request, master={"process_control_timeout": "10s"}
    ),
    Experiment((COMPLETED,), reload_in_flight, {"www": {**STATIC, "pm.max_children": 20}}),
    Experiment((TAKEN_OVER, LOST_BY_KILL), kill_master),
]
