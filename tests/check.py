"""Runs all tests, whatever fails, and ends with one line: "N passed, N failed, N skipped".

    check.py MAKE TARGET...

Each target of the Makefile is one part. Counted are the lines that name a result:
"ok NAME", "FAIL NAME" and "skip NAME: REASON" of the scripts, "test NAME ... ok" and the
like of Rust's tests. A Rust test that prints "skipped: REASON" counts as skipped. A part
that ends with an error and names no failure is a failure itself.
"""

import re
import subprocess
import sys
import time

SCRIPT_LINE = re.compile(r"(ok|FAIL|skip) (\S+?)(?:: (.*))?$")
RUST_LINE = re.compile(r"test (.+) \.\.\. (ok|FAILED|ignored.*)$")
RUST_OUTPUT_OF = re.compile(r"---- (\S+) stdout ----$")
RUST_SKIPPED = re.compile(r"skipped: (.*)$")


class Part:
    """The results of one target."""

    def __init__(self, target):
        self.target = target
        self.passed, self.failed = [], []
        self.skipped = {}
        # What Rust's tests print when they pass is not shown; it may say that one skipped.
        self.quiet = False
        self.speaker = None

    def read(self, line):
        """Takes in one line of output; returns whether to show it."""
        if match := SCRIPT_LINE.match(line):
            self._result(*match.groups())
        elif match := RUST_LINE.match(line):
            name, result = match.groups()
            self._result({"ok": "ok", "FAILED": "FAIL"}.get(result, "skip"), name, result)
        elif match := RUST_OUTPUT_OF.match(line):
            self.speaker = match.group(1)
        elif self.quiet and (match := RUST_SKIPPED.match(line)):
            self.passed.remove(self.speaker)
            self.skipped[self.speaker] = match.group(1)
        if line == "successes:":
            self.quiet = True
        elif line == "failures:" or line.startswith("test result:"):
            self.quiet = False
        return not self.quiet

    def _result(self, word, name, reason):
        if word == "ok":
            self.passed.append(name)
        elif word == "FAIL":
            self.failed.append(name)
        else:
            self.skipped[name] = reason

    def run(self, make):
        print(f"== make {self.target}", flush=True)
        begin = time.monotonic()
        process = subprocess.Popen(
            [make, "--no-print-directory", self.target, "TEST_ARGS=--show-output"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            errors="replace",
            text=True,
        )
        for line in process.stdout:
            if self.read(line.rstrip("\n")):
                print(line, end="", flush=True)
        if process.wait() != 0 and not self.failed:
            self.failed.append(f"ended with code {process.returncode}")
        print(f"== make {self.target}: {time.monotonic() - begin:.0f} s\n", flush=True)


def main():
    make, *targets = sys.argv[1:]
    parts = [Part(target) for target in targets]
    for part in parts:
        part.run(make)
    for part in parts:
        for name, reason in part.skipped.items():
            print(f"skipped in {part.target}: {name}: {reason}")
    for part in parts:
        for name in part.failed:
            print(f"FAILED in {part.target}: {name}")
    passed = sum(len(part.passed) for part in parts)
    failed = sum(len(part.failed) for part in parts)
    skipped = sum(len(part.skipped) for part in parts)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


main()
