"""A FastCGI client for the harness: single requests, kept-alive connections, and bursts.

Speaks the part of the FastCGI specification 1.0 that a front end needs: one request at a time on a
connection, role responder, no body. Addresses are paths of Unix sockets.
"""

import select
import selectors
import socket
import struct
import time
from dataclasses import dataclass

BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
HEADER = struct.Struct("!BBHHBx")
KEEP_CONNECTION = 1


@dataclass(frozen=True)
class Answer:
    """What came back: complete only if END_REQUEST came, seconds counted from before connect()."""

    complete: bool
    seconds: float
    body: str


def encode(script, query="", uri=None, keep=False):
    """The bytes of a GET request for the file `script`."""
    uri = uri or script
    params = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_FILENAME": script,
        "SCRIPT_NAME": uri,
        "REQUEST_URI": uri + ("?" + query if query else ""),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "GATEWAY_INTERFACE": "CGI/1.1",
    }
    pairs = b"".join(_pair(k.encode(), v.encode()) for k, v in params.items())
    begin = struct.pack("!HB5x", 1, KEEP_CONNECTION if keep else 0)
    return (
        _record(BEGIN_REQUEST, begin)
        + _record(PARAMS, pairs)
        + _record(PARAMS, b"")
        + _record(STDIN, b"")
    )


def _pair(name, value):
    return struct.pack("!II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


def _record(kind, content):
    return HEADER.pack(1, kind, 1, len(content), 0) + content


class Reply:
    """Collects the records of one answer from bytes that come in any pieces."""

    def __init__(self):
        self.complete = False
        self._pending = b""
        self._stdout = b""

    def feed(self, received):
        self._pending += received
        while len(self._pending) >= HEADER.size:
            _, kind, _, length, padding = HEADER.unpack_from(self._pending)
            end = HEADER.size + length
            if len(self._pending) < end + padding:
                return
            if kind == STDOUT:
                self._stdout += self._pending[HEADER.size : end]
            elif kind == END_REQUEST:
                self.complete = True
            self._pending = self._pending[end + padding :]

    @property
    def body(self):
        return self._stdout.partition(b"\r\n\r\n")[2].decode(errors="replace")


class Connection:
    """One connection of a front end; good for several requests if they say `keep`."""

    def __init__(self, address, timeout_s=30.0):
        self._begun = time.monotonic()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout_s)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise

    def ask(self, script, query="", uri=None, keep=False):
        """The answer; not complete if the connection ended first. Raises TimeoutError."""
        reply = Reply()
        try:
            self.socket.sendall(encode(script, query, uri, keep))
            while not reply.complete:
                received = self.socket.recv(65536)
                if not received:
                    break
                reply.feed(received)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer stays incomplete
        return Answer(reply.complete, time.monotonic() - self._begun, reply.body)

    def is_open(self):
        """Whether the other side has not closed an idle connection."""
        readable, _, _ = select.select([self.socket], [], [], 0)
        return not readable

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def ask(address, script, query="", uri=None, timeout_s=30.0):
    """One request on a connection of its own; not complete if nobody listens."""
    begun = time.monotonic()
    try:
        with Connection(address, timeout_s) as connection:
            return connection.ask(script, query, uri)
    except (ConnectionRefusedError, ConnectionResetError, FileNotFoundError):
        return Answer(False, time.monotonic() - begun, "")


def start_many(address, script, query, count):
    """Opens `count` connections at once, a request on each; collect() takes the answers."""
    return [_InFlight(address, encode(script, query)) for _ in range(count)]


class _InFlight:
    def __init__(self, address, request):
        self.begun = time.monotonic()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(address)
        self.socket.sendall(request)
        self.socket.setblocking(False)
        self.reply = Reply()


def collect(in_flight, timeout_s=60.0):
    """The answers of start_many(), in the order they ended; what is late is not complete."""
    answers = []
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        for one in in_flight:
            selector.register(one.socket, selectors.EVENT_READ, one)
        while selector.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                one = key.data
                if not _receive(one) or one.reply.complete:
                    selector.unregister(one.socket)
                    answers.append(_end(one))
        answers += [_end(key.data) for key in list(selector.get_map().values())]
    return answers


def _receive(one):
    try:
        received = one.socket.recv(65536)
    except ConnectionResetError:
        return False
    one.reply.feed(received)
    return received != b""


def _end(one):
    one.socket.close()
    return Answer(one.reply.complete, time.monotonic() - one.begun, one.reply.body)
