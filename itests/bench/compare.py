"""Runs the experiments, php-fpm and fpm4j in turn, and prints one table. Started by ./run."""

import argparse
import contextlib
import datetime
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import bursts
import footprint
import processes
import reloads
import table
import throughput
import waiting
import watching
from servers import PHP_FPM, Fpm4j, PhpFpm

HERE = Path(__file__).parent
MODULES = (throughput, bursts, reloads, waiting, footprint, watching)
EXPERIMENTS = [experiment for module in MODULES for experiment in module.EXPERIMENTS]
NUMBERS = sorted({row.number for experiment in EXPERIMENTS for row in experiment.rows})
FAILURES = []  # rounds that ended with an error: they stand below the table's heading
RECORD_BEGIN = "<!-- last run, written by run --record -->\n"


def main():
    arguments = parse()
    processes.adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped
    wanted = arguments.rows or NUMBERS
    with tempfile.TemporaryDirectory(prefix="bench-", dir=memory_file_system()) as scratch:
        base = Path(scratch)
        base.chmod(0o755)
        shutil.copytree(HERE / "pages", base / "pages")
        outcomes = [
            outcome
            for experiment in EXPERIMENTS
            if any(row.number in wanted for row in experiment.rows)
            for outcome in compare(experiment, arguments.rounds, base)
        ]
    lines = [circumstances(arguments.rounds), *(f"- failed: {failure}" for failure in FAILURES)]
    text = "\n".join(lines) + f"\n\n{table.markdown(outcomes)}\n"
    print(text)
    if arguments.record:
        record(text)
    return 1 if FAILURES or any(outcome.missed for outcome in outcomes) else 0


def parse():
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, choices=[*NUMBERS, []], metavar="ROW")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each server, default 5")
    parser.add_argument("--record", action="store_true", help="write the table into README.md")
    return parser.parse_args()


def memory_file_system():
    """A tmpfs, as /run is where either server is installed; None: the place for temporary files."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    usable = (p for p in ("/run", "/dev/shm") if [p, "tmpfs"] in mounts and os.access(p, os.W_OK))
    return next(usable, None)


def compare(experiment, rounds, base):
    """
    The outcomes of an experiment's rows. The server that begins changes with each round. A round
    that fails has no figure; the others count.
    """
    figures = {row: {PhpFpm.name: [], Fpm4j.name: []} for row in experiment.rows}
    servers = [PhpFpm, Fpm4j]
    for number in range(rounds):
        in_turn = servers if number % 2 == 0 else servers[::-1]
        for kinds in [in_turn] if experiment.turns else [[kind] for kind in in_turn]:
            names = " and ".join(kind.name for kind in kinds)
            try:
                for name, measured in one_round(experiment, kinds, base):
                    for row, figure in measured.items():
                        figures[row][name].append(figure)
                        say(f"row {row.number}: {name}: {row.situation}: {figure:.5g} {row.unit}")
            except Exception as error:  # whatever it is, an hour of other rows is not lost for it
                rows = sorted({str(row.number) for row in experiment.rows})
                FAILURES.append(f"row {', '.join(rows)}, {names}: {error!r}")
                say(FAILURES[-1])
    return [table.Outcome(row, by_server) for row, by_server in figures.items()]


def one_round(experiment, kinds, base):
    """The figures of servers that are all up meanwhile: name and figures of one after the other."""
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(a_server(experiment, kind, base)) for kind in kinds]
        for turn in range(max(1, experiment.turns)):
            for server in servers if turn % 2 == 0 else servers[::-1]:
                yield server.name, experiment.measure(server)


@contextlib.contextmanager
def a_server(experiment, kind, base):
    scratch = Path(tempfile.mkdtemp(dir=base))
    scratch.chmod(0o755)
    server = kind(scratch, experiment.pools, experiment.master)
    server.environment["FPM4J_JAVA_OPTS"] = experiment.java_options
    try:
        if not experiment.starts_itself:
            server.start()
        yield server
    except Exception:
        say(f"log of {kind.name}:\n{server.log.read_text()[-2000:]}")
        raise
    finally:
        server.stop()


def say(line):
    print(line, file=sys.stderr, flush=True)


def circumstances(rounds):
    """What has to be known to read the figures."""
    cpu = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    load = os.getloadavg()
    return "\n".join(
        [
            f"- {datetime.datetime.now():%Y-%m-%d %H:%M}, {rounds} rounds",
            f"- {os.cpu_count()} cores ({cpu}), Linux {platform.release()}",
            f"- {version(PHP_FPM, '-v')}; {version('php-cgi', '-v')}",
            f"- {version('java', '-version')}; {version('nginx', '-v')}",
            f"- load average at the end: {load[0]:.1f} (1 min), {load[2]:.1f} (15 min)",
        ]
    )


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()[0]


def record(text):
    readme = HERE / "README.md"
    kept = readme.read_text().partition(RECORD_BEGIN)[0]
    readme.write_text(kept + RECORD_BEGIN + "\n" + text)


if __name__ == "__main__":
    sys.exit(main())
