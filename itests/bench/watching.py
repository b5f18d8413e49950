"""Row 19: what it takes to read all about a large pool by JMX."""

import subprocess
from pathlib import Path

from experiment import Experiment
from servers import Fpm4j
from table import Row, at_most

WORKERS = 1000

INSIDE = Row(19, f"all attributes of a pool of {WORKERS}, read in the master", "ms", at_most(5))
NUMBERS = Row(19, "the same by JMX, all but the table of workers", "ms", at_most(5))
ALL = Row(19, "the same by JMX, the table with it", "ms", at_most(5))
ALL_CPU = Row(19, "CPU of the master for that", "ms", None)


def read_large_pool(server):
    if not isinstance(server, Fpm4j):
        return {}
    server.start()
    for _ in range(WORKERS):
        server.hello()
    read = by_jmx(server)
    return {
        INSIDE: read["inside all"][0],
        NUMBERS: read["jmx numbers"][0],
        ALL: read["jmx all"][0],
        ALL_CPU: read["jmx all"][1],
    }


def by_jmx(server):
    """Milliseconds, wall and CPU, by "PLACE WHICH": see JmxPool."""
    source, scratch = Path(__file__).with_name("JmxPool.java"), server.scratch
    jar, inside = scratch / "agent.jar", scratch / "inside"
    (scratch / "manifest").write_text("Agent-Class: JmxPool\n")
    run("javac", "-d", scratch / "agent", source)
    run("jar", "cfm", jar, scratch / "manifest", "-C", scratch / "agent", ".")
    pid = str(server.process.pid)
    outside = run("java", "-cp", scratch / "agent", "JmxPool", pid, "www", jar, inside)
    lines = (line.split() for line in (outside + inside.read_text()).splitlines())
    return {f"{place} {which}": list(map(float, figures)) for place, which, *figures in lines}


def run(*command):
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


EXPERIMENTS = [
    Experiment(
        (INSIDE, NUMBERS, ALL, ALL_CPU),
        read_large_pool,
        {"www": {"pm": "static", "pm.max_children": WORKERS}},
        starts_itself=True,
    ),
]
