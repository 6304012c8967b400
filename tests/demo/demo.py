"""Shows rzlib at work in programs made for zlib: Python, and a C program.

    demo.py LIB ORACLE OUTDIR

  LIB      librzlib.so
  ORACLE   zlib 1.3.2 as a shared object
  OUTDIR   where to build and write; made anew, and empty afterwards

One file is compressed with many parameters: by the system's zlib, by rzlib in its place
(LD_PRELOAD), and by zlib 1.3.2. Shown are sizes and times; checked is that rzlib's bytes
are zlib 1.3.2's. Then the streams are inflated by the same libraries; checked is that each
gives the file. What ld.so says it bound proves which library each process used.

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
# Runs of each library with each setting; what takes little time needs more to be measured.
DEFLATE_ROUNDS = 2
INFLATE_ROUNDS = 7

Setting = collections.namedtuple("Setting", "name level wbits memory strategy dictionary")
# `well`: rzlib's bytes are zlib 1.3.2's; for inflate, all libraries gave the file.
Row = collections.namedtuple("Row", "setting system_bytes system_seconds bytes seconds well")


def setting(name, level=6, wbits=15, memory=8, strategy=0, dictionary=0):
    return Setting(name, level, wbits, memory, strategy, dictionary)


LEVELS = [setting(f"level={level}", level=level) for level in range(-1, 10)]
WBITS = [*range(-15, -8), *range(9, 16), *range(25, 32)]
STRATEGIES = ["default", "filtered", "huffman-only", "rle", "fixed"]
DICTIONARIES = [
    setting("zdict", dictionary=DICTIONARY_BYTES),
    setting("zdict,wbits=-15", wbits=-15, dictionary=DICTIONARY_BYTES),
]
PARAMETERS = [
    *LEVELS,
    *(setting(f"wbits={wbits}", wbits=wbits) for wbits in WBITS),
    *(setting(f"memLevel={memory}", memory=memory) for memory in range(1, 10)),
    *(setting(f"strategy={name}", strategy=at) for at, name in enumerate(STRATEGIES)),
    *DICTIONARIES,
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
        """The answer to a line: seconds, and for inflate whether the stream gives the file."""
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


def take_turns(wanted, workers, rounds):
    """The best time of each worker, and the set of what they said besides."""
    seconds, words = {worker: [] for worker in workers}, set()
    for _ in range(rounds):
        for worker in workers:
            time, *said = worker.ask(wanted).split()
            seconds[worker].append(float(time))
            words.update(said)
    return [min(times) for times in seconds.values()], words


def measure_deflate(settings, system, rzlib, others):
    """A Row for each setting: two libraries take turns; the others must give rzlib's bytes."""
    for wanted in settings:
        seconds, _ = take_turns(wanted, [system, rzlib], DEFLATE_ROUNDS)
        take_turns(wanted, others, 1)
        sizes = [len(worker.stream(wanted)) for worker in (system, rzlib)]
        well = all(other.stream(wanted) == rzlib.stream(wanted) for other in others)
        yield Row(wanted, sizes[0], seconds[0], sizes[1], seconds[1], well)


def measure_inflate(settings, system, rzlib, others):
    """A Row for each stream: two libraries take turns; all must give the file."""
    for wanted in settings:
        seconds, words = take_turns(wanted, [system, rzlib], INFLATE_ROUNDS)
        words |= take_turns(wanted, others, 1)[1]
        size = len(rzlib.stream(wanted))
        yield Row(wanted, size, seconds[0], size, seconds[1], words == {"same"})


def print_table(title, version, rows, question):
    """Prints the rows as they come, and returns them."""
    system = f"system's zlib {version}"
    print(
        f"\n{title:24}{system:>22}{'rzlib':>20}{'times':>9}{question[0]:>13}\n"
        f"{'':24}{'bytes':>11}{'seconds':>11}{'bytes':>10}{'seconds':>10}{'as fast':>9}"
        f"{question[1]:>13}"
    )
    printed = []
    for row in rows:
        print(
            f"  {row.setting.name:22}{row.system_bytes:11,}{row.system_seconds:11.4f}"
            f"{row.bytes:10,}{row.seconds:10.4f}{row.system_seconds / row.seconds:9.2f}"
            f"{'yes' if row.well else 'NO':>13}"
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
    """The tables and the record of the libraries that were used."""

    def __init__(self, library, oracle, folder):
        self.library, self.oracle, self.folder = library, oracle, folder
        self.file = os.path.join(folder, "file")
        subprocess.check_call(
            [sys.executable, os.path.join(PROGRAMS, "sample.py"), self.file, str(FILE_BYTES)]
        )
        self.records = []

    def worker(self, title, command, work, subfolder, preload=None):
        folder = os.path.join(self.folder, subfolder)
        os.makedirs(folder, exist_ok=True)
        title = f"{title} {work}"
        if preload:
            title += f", {os.path.basename(preload)} preloaded"
        return Worker(title, folder, [*command, work, self.file, folder], preload)

    def record(self, worker, function, right):
        """Ends a worker and notes its library; `right` says whether that is the right one."""
        library = worker.library(function)
        if not right(library):
            sys.exit(f"{worker.title} used {library}")
        self.records.append((worker.title, library))

    def table(self, title, settings, command, work, linked=None):
        """Prints a table of one program's streams, made or inflated; returns its rows."""
        function, measure, question = WORKS[work]
        # Streams to inflate are rzlib's; whoever makes streams has a folder of his own.
        folders = ("rzlib",) * 4 if work == "inflate" else ("system", "rzlib", "oracle", "linked")
        name = os.path.basename(command[0])
        system = self.worker(name, command, work, folders[0])
        rzlib = self.worker(name, command, work, folders[1], self.library)
        oracle = self.worker(name, command, work, folders[2], self.oracle)
        others = [oracle]
        if linked:
            others.append(self.worker(os.path.basename(linked), [linked], work, folders[3]))
        rows = measure(settings, system, rzlib, others)
        rows = print_table(title, system.version, rows, question)
        systems = {self.library, self.oracle}.isdisjoint
        self.record(system, function, lambda library: systems([library]))
        for worker in [rzlib, *others[1:]]:
            self.record(worker, function, self.library.__eq__)
        self.record(oracle, function, self.oracle.__eq__)
        return rows


# The function that shows the library, what measures, and the heading of the last column.
WORKS = {
    "compress": ("deflate", measure_deflate, ("same as", "zlib 1.3.2")),
    "inflate": ("inflate", measure_inflate, ("all give", "the file")),
}


def sentence(rows, what):
    system = sum(row.system_seconds for row in rows)
    rzlib = sum(row.seconds for row in rows)
    well = sum(row.well for row in rows)
    return (
        f"{well} of {len(rows)} streams {what}. rzlib took {rzlib:.2f} s where the system's zlib took"
        f" {system:.2f} s, {system / rzlib:.2f} times as fast."
    )


def print_end(demo, made, inflated):
    print("\nLibrary of each process, by ld.so's record of what it bound (LD_DEBUG=bindings):")
    for title, library in dict.fromkeys(demo.records):
        print(f"  {title:46}{library}")
    print(f"\nA file of {os.path.getsize(demo.file):,} bytes.")
    print(sentence(made, "were made with zlib 1.3.2's bytes"))
    print(sentence(inflated, "were inflated to the file by all libraries"))


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
    python = [sys.executable, os.path.join(HERE, "streams.py")]
    made = demo.table("Python: compressobj", PARAMETERS, python, "compress")
    made += demo.table("C: deflate", LEVELS, [system], "compress", linked)
    inflated = demo.table("Python: decompressobj", PARAMETERS, python, "inflate")
    inflated += demo.table("C: inflate", LEVELS + DICTIONARIES, [system], "inflate", linked)
    print_end(demo, made, inflated)
    shutil.rmtree(folder)
    sys.exit(0 if all(row.well for row in made + inflated) else 1)


main()
