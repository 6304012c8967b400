"""Shows rzlib at work in programs made for zlib: Python, and a C program.

    demo.py LIB ORACLE OUTDIR

  LIB      librzlib.so
  ORACLE   zlib 1.3.2 as a shared object
  OUTDIR   where to build and write; made anew, and empty afterwards

One file is compressed with many parameters: by the system's zlib, by rzlib in its place
(LD_PRELOAD), and by zlib 1.3.2. Shown are sizes and times; checked is that rzlib's bytes
are zlib 1.3.2's, and that the system's zlib, in a process without rzlib, inflates them to
the file. What ld.so says it bound proves which library each process used.

Times are CPU time, the best of a few runs that take turns. CC is honoured.
"""

import collections
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "..", "programs")
INCLUDE = os.path.join(HERE, "..", "..", "include")
sys.path.insert(0, PROGRAMS)
sys.dont_write_bytecode = True

import proof  # noqa: E402  it lies in PROGRAMS

FILE_BYTES = 2_500_000
DICTIONARY_BYTES = 20_000
# Runs of each library with each setting.
ROUNDS = 2

Setting = collections.namedtuple("Setting", "name level wbits memory strategy dictionary")
Row = collections.namedtuple(
    "Row", "setting system_bytes system_seconds bytes seconds same inflates"
)


def setting(name, level=6, wbits=15, memory=8, strategy=0, dictionary=0):
    return Setting(name, level, wbits, memory, strategy, dictionary)


LEVELS = [setting(f"level={level}", level=level) for level in range(-1, 10)]
WBITS = [*range(-15, -8), *range(9, 16), *range(25, 32)]
STRATEGIES = ["default", "filtered", "huffman-only", "rle", "fixed"]
PARAMETERS = [
    *LEVELS,
    *(setting(f"wbits={wbits}", wbits=wbits) for wbits in WBITS),
    *(setting(f"memLevel={memory}", memory=memory) for memory in range(1, 10)),
    *(setting(f"strategy={name}", strategy=at) for at, name in enumerate(STRATEGIES)),
    setting("zdict", dictionary=DICTIONARY_BYTES),
    setting("zdict,wbits=-15", wbits=-15, dictionary=DICTIONARY_BYTES),
]


class Worker:
    """A process that compresses or inflates (streams.py, demo.c) with one library."""

    def __init__(self, title, folder, command, preload=None):
        self.title = title
        self.folder = folder
        self.log = tempfile.mkdtemp(prefix="log-", dir=folder)
        environment = {**os.environ, "LD_DEBUG": "bindings"}
        environment["LD_DEBUG_OUTPUT"] = os.path.join(self.log, "bindings")
        if preload:
            environment["LD_PRELOAD"] = preload
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.version = self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.title} stopped")
        return line.strip()

    def ask(self, wanted):
        """The answer to a line: seconds, or whether the stream gives the file."""
        self.process.stdin.write(" ".join(map(str, wanted)) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def stream(self, wanted):
        """What the last line's answer was about."""
        with open(os.path.join(self.folder, wanted.name), "rb") as file:
            return file.read()

    def library(self, function):
        """Ends the process. The library that all its functions came from."""
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit(f"{self.title} failed")
        return proof.library_of(function, self.log)


def measure(settings, system, rzlib, others, inflater):
    """A Row for each setting: the two libraries take turns; the others must give rzlib's bytes."""
    for wanted in settings:
        seconds = {system: [], rzlib: []}
        for _ in range(ROUNDS):
            for worker, times in seconds.items():
                times.append(float(worker.ask(wanted)))
        stream = rzlib.stream(wanted)
        same = []
        for other in others:
            other.ask(wanted)
            same.append(other.stream(wanted) == stream)
        yield Row(
            wanted,
            len(system.stream(wanted)),
            min(seconds[system]),
            len(stream),
            min(seconds[rzlib]),
            all(same),
            inflater.ask(wanted) == "same",
        )


def print_table(title, version, rows):
    """Prints the rows as they come, and returns them."""
    system = f"system's zlib {version}"
    print(
        f"\n{title:24}{system:>22}{'rzlib':>20}{'times':>9}{'same as':>12}{'inflated by':>13}\n"
        f"{'':24}{'bytes':>11}{'seconds':>11}{'bytes':>10}{'seconds':>10}{'as fast':>9}"
        f"{'zlib 1.3.2':>12}{'the system':>13}"
    )
    printed = []
    for row in rows:
        print(
            f"  {row.setting.name:22}{row.system_bytes:11,}{row.system_seconds:11.3f}"
            f"{row.bytes:10,}{row.seconds:10.3f}{row.system_seconds / row.seconds:9.2f}"
            f"{'yes' if row.same else 'NO':>12}{'yes' if row.inflates else 'NO':>13}"
        )
        printed.append(row)
    return printed


def compile_program(out, *flags):
    """Compiles demo.c; returns whether that went well."""
    command = [*os.environ.get("CC", "cc").split(), "-std=c99", "-O2", "-Wall", "-o", out]
    command += [os.path.join(HERE, "demo.c"), *flags]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def build(folder, library):
    """Builds demo.c for the system's zlib and for rzlib; returns both programs."""
    system, linked = os.path.join(folder, "demo-zlib"), os.path.join(folder, "demo-rzlib")
    own_header = ["-DUSE_RZLIB_H", "-I", INCLUDE]
    # Without the system's development files, our header and the library's file name do.
    if not compile_program(system, "-lz"):
        if not compile_program(system, *own_header, "-l:libz.so.1"):
            sys.exit("demo.c cannot be compiled against the system's libz")
    place = os.path.dirname(library)
    if not compile_program(linked, *own_header, f"-L{place}", "-lrzlib", f"-Wl,-rpath,{place}"):
        sys.exit("demo.c cannot be compiled against rzlib.h and librzlib.so")
    return system, linked


class Demo:
    """The two tables and the record of the libraries that were used."""

    def __init__(self, library, oracle, folder):
        self.library, self.oracle, self.folder = library, oracle, folder
        self.file = os.path.join(folder, "file")
        subprocess.check_call(
            [sys.executable, os.path.join(PROGRAMS, "sample.py"), self.file, str(FILE_BYTES)]
        )
        self.records = []

    def worker(self, title, command, subfolder, preload=None):
        folder = os.path.join(self.folder, subfolder)
        os.makedirs(folder, exist_ok=True)
        return Worker(title, folder, [*command, self.file, folder], preload)

    def python(self, work):
        return [sys.executable, os.path.join(HERE, "streams.py"), work]

    def record(self, worker, function, right):
        """Ends a worker and notes its library; `right` says whether that is the right one."""
        library = worker.library(function)
        if not right(library):
            sys.exit(f"{worker.title} used {library}")
        self.records.append((worker.title, library))

    def table(self, title, settings, command, linked=None):
        """Prints a table of one program's streams; returns its rows."""
        name = os.path.basename(command[0])
        system = self.worker(name, command, "system")
        rzlib = self.worker(f"{name}, LD_PRELOAD", command, "rzlib", self.library)
        oracle = self.worker(f"{name}, zlib 1.3.2", command, "oracle", self.oracle)
        linked = [self.worker(os.path.basename(linked), [linked], "linked")] if linked else []
        inflater = self.worker("inflating", self.python("inflate"), "rzlib")
        rows = measure(settings, system, rzlib, [oracle, *linked], inflater)
        rows = print_table(title, system.version, rows)
        systems = {self.library, self.oracle}.isdisjoint
        self.record(system, "deflate", lambda library: systems([library]))
        for worker in [rzlib, *linked]:
            self.record(worker, "deflate", self.library.__eq__)
        self.record(oracle, "deflate", self.oracle.__eq__)
        self.record(inflater, "inflate", lambda library: systems([library]))
        return rows


def print_end(demo, rows):
    print("\nLibrary of each process, by ld.so's record of what it bound (LD_DEBUG=bindings):")
    for title, library in dict.fromkeys(demo.records):
        print(f"  {title:28}{library}")
    system = sum(row.system_seconds for row in rows)
    rzlib = sum(row.seconds for row in rows)
    same = sum(row.same for row in rows)
    inflated = sum(row.inflates for row in rows)
    print(
        f"\n{len(rows)} streams of a file of {os.path.getsize(demo.file):,} bytes: {same} have zlib"
        f" 1.3.2's bytes, {inflated} are inflated by the system's zlib; rzlib took {rzlib:.2f} s"
        f" where the system's zlib took {system:.2f} s, {system / rzlib:.2f} times as fast."
    )
    return same == inflated == len(rows)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    library, oracle = map(os.path.realpath, sys.argv[1:3])
    folder = os.path.realpath(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    demo = Demo(library, oracle, folder)
    print(
        f"File: {os.path.getsize(demo.file):,} bytes, Python's own sources and machine code.\n"
        "Not named in a row: level=6, wbits=15, memLevel=8, strategy=default."
    )
    system, linked = build(folder, library)
    rows = demo.table("Python: zlib.compressobj", PARAMETERS, demo.python("compress"))
    rows += demo.table("C: deflate", LEVELS, [system], linked)
    well = print_end(demo, rows)
    shutil.rmtree(folder)
    sys.exit(0 if well else 1)


main()
