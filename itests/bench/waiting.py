"""Rows 11 to 13: idle kept-alive connections, and questions while all workers are busy."""

import math
import subprocess
import time
from pathlib import Path

import fastcgi
from experiment import STATIC, Experiment
from servers import Fpm4j
from table import Row, at_most, exactly

JMX_PORT = 19099
WAITING = 25

SECOND_FRONT_END = Row(
    11, "8 workers, 8 idle kept-alive connections: a ninth connection", "ms", at_most(5)
)
STATUS = Row(12, "all workers busy: status on pm.status_listen", "ms", at_most(20))
PING = Row(12, "all workers busy: ping on pm.status_listen", "ms", at_most(20))
JMX = Row(12, "all workers busy: attributes of a pool by JMX", "ms", at_most(20))
ORDER = Row(
    12, "all workers busy: status, the master's answer to the command line", "ms", at_most(20)
)
COMMAND = Row(12, "all workers busy: fpm4j status --json with its JVM's start", "ms", None)
QUEUE = Row(
    13,
    f"{WAITING} connections wait on a Unix socket: listen queue",
    "connections",
    exactly(WAITING),
    min,
)


def ninth_connection(server):
    kept = keep_all_busy(server)
    try:
        answer = fastcgi.ask(server.socket_of(), server.page("hello.php"), timeout_s=5)
        return {SECOND_FRONT_END: 1000 * answer.seconds}
    except TimeoutError:
        return {SECOND_FRONT_END: math.inf}
    finally:
        for connection in kept:
            connection.close()


def keep_all_busy(server):
    """Eight idle kept-alive connections; one that a worker gave up is opened again."""
    kept = []
    for _ in range(100):
        if len(kept) == 8:
            return kept
        connection = fastcgi.Connection(server.socket_of())
        connection.ask(server.page("hello.php"), keep=True)
        kept = [one for one in [*kept, connection] if one.is_open()]
    raise RuntimeError(f"{server.name} does not keep 8 connections")


def ask_busy(server):
    busy = occupy(server, 8)
    figures = {}
    address = server.socket_of("status")
    for row, page, part in ((STATUS, "/status", "pool:"), (PING, "/ping", "pong")):
        answer = fastcgi.ask(address, page, uri=page, timeout_s=2)
        if part in answer.body:
            figures[row] = 1000 * answer.seconds
    if isinstance(server, Fpm4j):
        figures[ORDER] = milliseconds(lambda: server.order("status", "--json"))
        figures[COMMAND] = milliseconds(server.status_by_command_line)
        figures[JMX] = read_by_jmx()
    fastcgi.collect(busy)
    return figures


def occupy(server, workers, more=0):
    """Requests that keep all workers busy for 3 s, and `more` that wait behind them."""
    address, page = server.socket_of(), server.page("slow.php")
    busy = fastcgi.start_many(address, page, "3000", workers)
    time.sleep(0.3)
    return busy + fastcgi.start_many(address, page, "1", more)


def milliseconds(action):
    begun = time.monotonic()
    action()
    return 1000 * (time.monotonic() - begun)


def read_by_jmx():
    """The median of several reads on one connection, as a monitoring agent does them."""
    client = Path(__file__).with_name("JmxRead.java")
    command = ["java", "-XX:TieredStopAtLevel=1", str(client), str(JMX_PORT), "www"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def count_waiting(server):
    busy = occupy(server, 8, WAITING)
    time.sleep(0.2)
    try:
        return {QUEUE: server.listen_queue()}
    finally:
        fastcgi.collect(busy)


OBSERVED = {
    **STATIC,
    "pm.status_path": "/status",
    "pm.status_listen": "{scratch}/status.sock",
    "ping.path": "/ping",
}
EXPERIMENTS = [
    Experiment((SECOND_FRONT_END,), ninth_connection),
    Experiment(
        (STATUS, PING, JMX, ORDER, COMMAND),
        ask_busy,
        {"www": OBSERVED},
        java_options=" ".join(
            [
                f"-Dcom.sun.management.jmxremote.port={JMX_PORT}",
                "-Dcom.sun.management.jmxremote.host=127.0.0.1",
                "-Djava.rmi.server.hostname=127.0.0.1",
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Dcom.sun.management.jmxremote.ssl=false",
            ]
        ),
    ),
    Experiment((QUEUE,), count_waiting, {"www": OBSERVED}),
]
