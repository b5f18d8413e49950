"""nginx in front of pool www, and wrk in front of nginx."""

import re
import socket
import subprocess

import processes

CONF = """
daemon off;
worker_processes auto;
pid {scratch}/nginx.pid;
error_log {scratch}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {scratch}/nginx;
  fastcgi_temp_path {scratch}/nginx;
  proxy_temp_path {scratch}/nginx;
  uwsgi_temp_path {scratch}/nginx;
  scgi_temp_path {scratch}/nginx;
  server {{
    listen 127.0.0.1:{port};
    root {pages};
    location ~ [.]php$ {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:{pool};
    }}
  }}
}}
"""


class Nginx:
    """nginx for one server of the comparison, with a configuration of its own, while in `with`."""

    def __init__(self, server):
        self._server = server
        self._process = None
        self.port = _free_port()

    def __enter__(self):
        scratch = self._server.scratch
        (scratch / "nginx").mkdir(exist_ok=True)
        conf = scratch / "nginx.conf"
        pages, pool = scratch.parent / "pages", self._server.socket_of()
        conf.write_text(CONF.format(scratch=scratch, port=self.port, pages=pages, pool=pool))
        log = str(scratch / "nginx.log")
        self._process = subprocess.Popen(["nginx", "-e", log, "-c", str(conf)])
        processes.await_true(self._listens, "nginx on its port")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def _listens(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"nginx ended with {self._process.returncode}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def load(self, page, seconds, connections=8):
        """Requests answered and requests/s of wrk; any answer that is not 200 is an error."""
        url = f"http://127.0.0.1:{self.port}/{page}"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
        report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in report or "Socket errors" in report:
            raise RuntimeError(f"{self._server.name}, {page}:\n{report}")
        requests = int(re.search(r"(\d+) requests in", report)[1])
        return requests, float(re.search(r"Requests/sec:\s*([\d.]+)", report)[1])


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
