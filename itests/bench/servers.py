"""php-fpm and fpm4j, started from the same settings on the same socket; one runs at a time."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import fastcgi
import processes

PHP_FPM = "php-fpm8.2"
PHP_INI = "/etc/php/8.2/fpm/php.ini"
PHP_INI_SCAN_DIR = "/etc/php/8.2/fpm/conf.d"
FPM4J = Path(os.environ.get("FPM4J_HOME", "/usr/share/fpm4j")) / "bin" / "fpm4j"


class Server:
    """A process manager with its pools. Subclasses say how it is configured, started and asked."""

    name = ""

    def __init__(self, scratch, pools, master=None):
        """
        `pools`: directives by pool name, in which {scratch} stands for `scratch`, an empty
        directory for sockets and files.
        """
        self.scratch = scratch
        self.environment = dict(os.environ)
        self.pools = {pool: self._complete(pool, keys) for pool, keys in pools.items()}
        self.master_settings = master or {}
        self.process = None
        self.log = scratch / "log"
        self._configure()

    def socket_of(self, pool="www"):
        return str(self.scratch / f"{pool}.sock")

    def page(self, name):
        return str(self.scratch.parent / "pages" / name)

    def _complete(self, pool, keys):
        account = {"user": "www-data", "group": "www-data"} if os.geteuid() == 0 else {}
        own = {k: str(v).replace("{scratch}", str(self.scratch)) for k, v in keys.items()}
        return {"listen": self.socket_of(pool), "listen.mode": "0666", **account, **own}

    def _configure(self):
        raise NotImplementedError

    def _command(self):
        raise NotImplementedError

    def launch(self):
        """Starts the master and does not wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start(self):
        """Starts the master; returns when each pool has answered and has its static workers."""
        self.launch()
        for pool in self.pools:
            self.await_answer(pool)
        static = sum(
            int(keys["pm.max_children"]) for keys in self.pools.values() if keys["pm"] == "static"
        )
        processes.await_true(lambda: len(self.workers()) >= static, f"{static} workers", 60, 0.01)

    def await_answer(self, pool="www"):
        def answered():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended:\n{self.log.read_text()[-2000:]}")
            return fastcgi.ask(self.socket_of(pool), self.page("hello.php")).complete

        processes.await_true(answered, f"an answer of {self.name}, pool {pool}")

    def stop(self):
        """Ends the master and all it started, however little of it is left; nothing if not started."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        own = [p for p in processes.children(os.getpid()) if self._left_behind(p)]
        processes.end_tree(own)

    def _left_behind(self, pid):
        try:
            title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return self.left_behind in title

    def reload(self):
        """Asks for a reload; returns at once."""
        self.process.send_signal(signal.SIGUSR2)

    def hello(self):
        answer = fastcgi.ask(self.socket_of(), self.page("hello.php"))
        if answer.body != "hello\n":
            raise RuntimeError(f"{self.name} answered {answer}")
        return answer

    def workers(self):
        raise NotImplementedError


class PhpFpm(Server):
    name = "php-fpm"
    left_behind = "php-fpm: "

    def _configure(self):
        settings = {"error_log": self.log, "daemonize": "no", **self.master_settings}
        text = "[global]\n" + _lines(settings)
        for pool, keys in self.pools.items():
            text += f"[{pool}]\n" + _lines(keys)
        (self.scratch / "php-fpm.conf").write_text(text)

    def _command(self):
        return [PHP_FPM, "-F", "-R", "-y", str(self.scratch / "php-fpm.conf"), "-c", PHP_INI]

    def workers(self):
        return processes.children(self.process.pid)

    def managed_workers(self):
        return self.workers() if self.process.poll() is None else []

    def status(self):
        """The status page of pool www as JSON, by its own socket pm.status_listen."""
        page = self.pools["www"]["pm.status_path"]
        address = self.pools["www"]["pm.status_listen"]
        return json.loads(fastcgi.ask(address, page, "json", page).body)

    def listen_queue(self):
        return self.status()["listen queue"]


class OrderRefused(Exception):
    """The master's answer to a command is not exit code 0."""


class Fpm4j(Server):
    name = "fpm4j"
    left_behind = "fpm4j: "

    def _configure(self):
        etc = self.scratch / "etc"
        etc.mkdir()
        if self.master_settings:
            (etc / "org.fpm4j.master.cfg").write_text(_lines(self.master_settings))
        for pool, keys in self.pools.items():
            php = {"php.ini": PHP_INI, "php.ini_scan_dir": PHP_INI_SCAN_DIR}
            (etc / f"org.fpm4j.pool-{pool}.cfg").write_text(_lines({**keys, **php}))
        self.run_directory = self.scratch / "run"

    def _command(self):
        etc, run = str(self.scratch / "etc"), str(self.run_directory)
        return [str(FPM4J), "run", "--etc", etc, "--run", run]

    def workers(self):
        zygotes = processes.children(self.process.pid)
        return [worker for zygote in zygotes for worker in processes.children(zygote)]

    def managed_workers(self):
        try:
            workers = json.loads(self.order("workers", "www", "--json"))
        except (OSError, OrderRefused):
            return []  # the master is not there yet, or does not know its pools yet
        return [worker["pid"] for worker in workers]

    def order(self, *words):
        """The master's answer to a command, without the client's JVM: see its CommandChannel."""
        with socket.socket(socket.AF_UNIX) as channel:
            self.await_orders(channel)
            channel.sendall(("\n".join(words) + "\n\n").encode())
            answer = b"".join(iter(lambda: channel.recv(65536), b""))
        code, _, text = answer.decode().partition("\n")
        if code != "0":
            raise OrderRefused(f"{' '.join(words)}: exit code {code}: {text}")
        return text

    def await_orders(self, channel):
        """Connects to the command socket, which opens after the pools' sockets."""
        given_up = time.monotonic() + 5
        while channel.connect_ex(str(self.run_directory / "command.sock")) != 0:
            if time.monotonic() > given_up:
                raise TimeoutError(f"no command.sock in {self.run_directory}")
            time.sleep(0.01)

    def status_by_command_line(self):
        """The same by the installed command, with the JVM start a shell user pays."""
        command = [str(FPM4J), "status", "--json", "--run", str(self.run_directory)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def listen_queue(self):
        status = json.loads(self.status_by_command_line())
        return next(p["listenQueue"] for p in status["pools"] if p["name"] == "www")


def _lines(settings):
    return "".join(f"{key} = {value}\n" for key, value in settings.items())
