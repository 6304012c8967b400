"""Measures programs of the system that give zlib a zalloc of their own, on several libraries.

    callers.py ROUNDS NAME=LIBRARY.so ... -- FILE ...

Python, Ruby, PHP and Perl compress and decompress in pieces (stream.py), and nginx compresses
responses, with each library in libz's place (LD_PRELOAD) in turn; those that are not installed, or
have a zlib of their own, are left out. Stated is the CPU time of the whole process, the least of all rounds, less that of a
process that does all but that work; for nginx that of its worker, less that of as many empty
responses. The table has the speed with the first library, and how many times that the others'
speed is. What ld.so says it bound proves which library a program used.
"""

import collections
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "tests", "programs")]
sys.dont_write_bytecode = True

import proof  # noqa: E402  it lies in tests/programs
from nginx import Nginx  # noqa: E402

# Bytes of each file that are used, so that all kinds of data take part.
SAMPLE_BYTES = 256 * 1024
# The sample is repeated until it has as many: a response of 1 MB must fit, and the work must take
# longer than a program's start.
LEAST_BYTES = 3_000_000
# The level of the stream that is decompressed.
PACKED_LEVEL = 6

Library = collections.namedtuple("Library", "name path")
# `work` is a level or "inflate"; `times` makes it long beside the program's start.
Task = collections.namedtuple("Task", "work kibibytes times")
# Responses of so many bytes, as many as make `total` bytes.
Response = collections.namedtuple("Response", "title level size total")

TASKS = [
    Task("1", 16, 6),
    Task("6", 16, 3),
    Task("6", 64, 3),
    Task("9", 16, 2),
    Task("inflate", 16, 24),
    Task("inflate", 64, 24),
]
RESPONSES = [
    Response("level 1, 1 MB", 1, 1_000_000, 24_000_000),
    Response("level 6, 1 MB", 6, 1_000_000, 12_000_000),
    Response("level 1, 60 KB", 1, 60_000, 24_000_000),
    Response("level 6, 60 KB", 6, 60_000, 12_000_000),
]
PROGRAMS = {
    "Python": [sys.executable, "stream.py"],
    "Ruby": ["ruby", "stream.rb"],
    "PHP": ["php", "stream.php"],
    "Perl": ["perl", "stream.pl"],
}


def environment_of(library, record=None):
    """What puts a library in libz's place; with a folder, also what ld.so is to record there."""
    environment = {**os.environ, "LD_PRELOAD": library.path}
    if record:
        environment["LD_DEBUG"] = "bindings"
        environment["LD_DEBUG_OUTPUT"] = os.path.join(record, "bindings")
    return environment


def cpu_seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command, environment):
    """The CPU time of a program, and what it printed."""
    before = cpu_seconds_of_children()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return cpu_seconds_of_children() - before, done.stdout


def prove(function, library, record):
    """Ends everything unless the function came from the library."""
    used = proof.library_of(function, record)
    if used != library.path:
        raise SystemExit(f"{function} came from {used}, not {library.path}")


def turns(rounds, libraries, measure):
    """The least of all rounds of what measure(library) gives, by library."""
    found = [[measure(library) for library in libraries] for _ in range(rounds)]
    return [min(column) for column in zip(*found)]


def print_row(title, size, seconds):
    first, *others = seconds
    ratios = "".join(f" {first / other:.2f} |" for other in others)
    print(f"| {title} | {size / first / 1e6:.1f} |{ratios}", flush=True)


class Callers:
    """The libraries, and the data in a folder."""

    def __init__(self, rounds, libraries, paths, folder):
        self.rounds, self.libraries, self.folder = rounds, libraries, folder
        sample = b"".join(self._beginning(path) for path in paths)
        if not sample:
            raise SystemExit("callers.py: there is no data")
        self.data = sample * -(-LEAST_BYTES // len(sample))
        self.plain = self._write("plain", self.data)
        self.packed = self._write("packed", zlib.compress(self.data, PACKED_LEVEL))

    @staticmethod
    def _beginning(path):
        with open(path, "rb") as file:
            return file.read(SAMPLE_BYTES)

    def _write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def _folder(self, name=None):
        return tempfile.mkdtemp(prefix=name, dir=self.folder)

    def _command(self, program, task, times):
        path = self.packed if task.work == "inflate" else self.plain
        interpreter, script = program
        piece = task.kibibytes * 1024
        return [interpreter, os.path.join(HERE, script), path, task.work, str(piece), str(times)]

    def _seconds(self, program, task, times, library):
        """CPU time; fails if decompression gives another length than the data's."""
        command = self._command(program, task, times)
        seconds, said = run(command, environment_of(library))
        if task.work == "inflate" and int(said) != times * len(self.data):
            raise SystemExit(f"{' '.join(command)} gave {said.strip()} bytes with {library.name}")
        return seconds

    def _prove(self, program):
        for library in self.libraries:
            for task, function in ((TASKS[0], "deflate"), (TASKS[-1], "inflate")):
                record = self._folder()
                run(self._command(program, task, 1), environment_of(library, record))
                prove(function, library, record)

    def program(self, name, program):
        """Prints the rows of a program."""
        try:
            self._prove(program)
        except SystemExit as reason:
            print(f"{name} is left out: {reason}", file=sys.stderr)
            return
        for task in TASKS:

            def seconds(times, task=task):
                return turns(
                    self.rounds,
                    self.libraries,
                    lambda library: self._seconds(program, task, times, library),
                )

            pairs = zip(seconds(task.times), seconds(0))
            work = task.work if task.work == "inflate" else f"level {task.work}"
            print_row(
                f"{name}, {work}, {task.kibibytes} KiB",
                task.times * len(self.data),
                [full - empty for full, empty in pairs],
            )

    def _response_files(self, folder):
        """Writes the files of all sizes; returns their names by size."""
        names = {0: ["empty"]}
        self._write(os.path.join(folder, "empty"), b"")
        for size in {response.size for response in RESPONSES}:
            pieces = range(0, len(self.data) - size + 1, size)
            names[size] = [f"{size}-{at}" for at in pieces]
            for name, at in zip(names[size], pieces):
                self._write(os.path.join(folder, name), self.data[at : at + size])
        return names

    def _responses(self, servers, names):
        """Prints the rows of nginx."""
        for response in RESPONSES:

            def seconds(size, response=response):
                count = response.total // response.size
                wanted = [names[size][at % len(names[size])] for at in range(count)]
                return turns(
                    self.rounds,
                    self.libraries,
                    lambda library: servers[library].seconds(response.level, wanted),
                )

            pairs = zip(seconds(response.size), seconds(0))
            print_row(
                f"nginx, {response.title}", response.total, [full - empty for full, empty in pairs]
            )

    def nginx(self, program):
        """Prints the rows of nginx; returns the alerts of each server's log."""
        files = self._folder("files-")
        names = self._response_files(files)
        levels = {response.level for response in RESPONSES}
        servers = {}
        try:
            for library in self.libraries:
                folder = self._folder("nginx-")
                environment = environment_of(library, folder)
                server = servers[library] = Nginx(program, folder, files, levels, environment)
                server.get(RESPONSES[0].level, names[RESPONSES[0].size][0])
                prove("deflate", library, folder)
            self._responses(servers, names)
        finally:
            alerts = {library: server.end() for library, server in servers.items()}
        return alerts


def main():
    rounds = int(sys.argv[1])
    words = sys.argv[2:]
    split = words.index("--")
    libraries = []
    for word in words[:split]:
        name, path = word.split("=", 1)
        libraries.append(Library(name, os.path.realpath(path)))
    with tempfile.TemporaryDirectory() as folder:
        callers = Callers(rounds, libraries, words[split + 1 :], folder)
        first = libraries[0].name
        columns = [f"{first}, MB/s", *(f"{library.name} x {first}" for library in libraries[1:])]
        print("\ncallers with a zalloc of their own:\n")
        print(f"| | {' | '.join(columns)} |\n| --- |{' --- |' * len(columns)}", flush=True)
        for name, program in PROGRAMS.items():
            if shutil.which(program[0]):
                callers.program(name, program)
        # Where it lies is not on everybody's path.
        nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
        alerts = callers.nginx(nginx) if nginx else {}
    for library, lines in alerts.items():
        if lines:
            print(f"\nnginx on {library.name}: {len(lines)} alerts, the first: {lines[0].strip()}")
    # Peers may have nginx complain; the last library, which is rzlib, may not.
    sys.exit(1 if alerts.get(libraries[-1]) else 0)


main()
