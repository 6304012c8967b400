"""An nginx whose responses a library compresses, and the CPU time of its worker."""

import ctypes
import http.client
import os
import re
import signal
import socket
import subprocess
import time
import zlib

CONFIGURATION = """
worker_processes 1;
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/error.log notice;
events {{}}
http {{
    access_log off;
    default_type text/plain;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    gzip on;
    gzip_types text/plain;
    gzip_min_length 1;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""
# windowBits for a gzip stream.
GZIP = 31
# Seconds in which it must have started.
PATIENCE = 10


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """nginx on a library; serves the files of a folder, at /LEVEL/NAME."""

    def __init__(self, program, folder, files, levels, environment):
        self.folder, self.files, self.port = folder, files, free_port()
        locations = "".join(
            f"location /{level}/ {{ alias {files}/; gzip_comp_level {level}; }}" for level in levels
        )
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = os.path.join(folder, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(
                CONFIGURATION.format(
                    user=user, folder=folder, port=self.port, locations=locations
                )
            )
        self.log = os.path.join(folder, "error.log")
        self.server = subprocess.Popen(
            [program, "-p", folder, "-c", configuration, "-e", self.log],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        self.clock = self._clock_of(self._worker())
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def _worker(self):
        """The worker's process, once it listens."""
        children = f"/proc/{self.server.pid}/task/{self.server.pid}/children"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.server.poll() is None:
            with open(children) as file:
                workers = file.read().split()
            if workers:
                return int(workers[0])
            time.sleep(0.05)
        self.server.kill()
        with open(self.log) as file:
            raise SystemExit(f"nginx does not start:\n{file.read()}")

    @staticmethod
    def _clock_of(process):
        """The clock of a process's CPU time, which is finer than /proc/PID/stat."""
        clock = ctypes.c_int()
        if ctypes.CDLL(None).clock_getcpuclockid(process, ctypes.byref(clock)) != 0:
            raise SystemExit("nginx's worker has no clock of CPU time")
        return clock.value

    def get(self, level, name):
        """A response's body, which must be what the file has."""
        self.connection.request("GET", f"/{level}/{name}", headers={"Accept-Encoding": "gzip"})
        response = self.connection.getresponse()
        body = response.read()
        if response.getheader("Content-Encoding") == "gzip":
            body = zlib.decompress(body, GZIP)
        elif body:
            raise SystemExit(f"nginx did not compress {name}")
        return body

    def seconds(self, level, names):
        """The worker's CPU time for requests, one after the other."""
        begin = time.clock_gettime(self.clock)
        bodies = [self.get(level, name) for name in names]
        seconds = time.clock_gettime(self.clock) - begin
        for name, body in zip(names, bodies):
            with open(os.path.join(self.files, name), "rb") as file:
                if file.read() != body:
                    raise SystemExit(f"{name} from nginx is not the file")
        return seconds

    def end(self):
        """Ends it; returns the alerts and errors of its log."""
        self.connection.close()
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()
        with open(self.log) as file:
            return [line for line in file if re.search(r"\[(alert|crit|error|emerg)\]", line)]
