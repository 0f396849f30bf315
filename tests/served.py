"""``palier serve`` as people start it, in a process of its own, ended with the test."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Served", "start"]


@dataclass
class Served:
    """A server that runs."""

    process: subprocess.Popen[str]
    url: str
    set_up_link: str | None
    log: Path

    def stop(self, *, timeout_s: float = 40) -> int:
        """Ask it to stop, and return its exit status."""
        return self._ended(signal.SIGTERM, timeout_s)

    def kill(self) -> None:
        """End it without a word."""
        self._ended(signal.SIGKILL, 10)

    def _ended(self, how: int, timeout_s: float) -> int:
        self.process.send_signal(how)
        status = self.process.wait(timeout_s)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def start(folder: Path, *arguments: str, environment: dict[str, str] | None = None, timeout_s: float = 90) -> Served:
    """Start it on a free port and wait for its address."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.parent / f"{folder.name}.log"
    # a test run in the background may ignore signals; a server that people start does not
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "palier", "serve", "--data-dir", str(folder), "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **(environment or {})},
            preexec_fn=_signals,
        )  # fmt: skip
    assert process.stdout is not None
    url, end = None, time.monotonic() + timeout_s
    said = []
    while time.monotonic() < end:
        line = process.stdout.readline()
        if not line:
            break
        said.append(line)
        found = re.match(r"palier: (http\S+)", line)
        url = found.group(1) if found else url
        if link := re.search(r"http\S+/set-up#\S+", line):
            return _answering(Served(process, url or "", link.group(0), log), end)
        if url and (folder / "palier.sqlite3").exists() and _has_people(folder / "palier.sqlite3"):
            return _answering(Served(process, url, None, log), end)
    process.kill()
    raise AssertionError("".join(said) + log.read_text())


def _signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _has_people(database: Path) -> bool:
    import sqlite3

    connection = sqlite3.connect(database)
    try:
        return bool(connection.execute("SELECT count(*) FROM user").fetchone()[0])
    finally:
        connection.close()


def _answering(served: Served, end: float) -> Served:
    import httpx

    while time.monotonic() < end:
        try:
            if httpx.get(served.url + "/healthz").status_code == 200:
                return served
        except httpx.TransportError:
            time.sleep(0.05)
    served.kill()
    raise AssertionError("the server does not answer: " + served.log.read_text())
