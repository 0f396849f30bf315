"""``palier serve`` as people start it, in a process of its own, ended with the test."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

__all__ = ["Served", "start"]


@dataclass
class Served:
    """A server that runs."""

    process: subprocess.Popen[bytes]
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
        return self.process.wait(timeout_s)


def start(folder: Path, *arguments: str, environment: dict[str, str] | None = None, timeout_s: float = 90) -> Served:
    """Start it on a free port, wait until it answers, and read what it said."""
    folder.mkdir(parents=True, exist_ok=True)
    log, number = folder.parent / f"{folder.name}.log", len(list(folder.parent.glob("said-*.txt")))
    said = folder.parent / f"said-{number}.txt"
    with log.open("a") as errors, said.open("w") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "palier", "serve", "--data-dir", str(folder), "--port", "0", *arguments],
            stdout=words, stderr=errors, env={**os.environ, **(environment or {})}, preexec_fn=_signals,
        )  # fmt: skip
    end = time.monotonic() + timeout_s
    while time.monotonic() < end and process.poll() is None:
        url = re.search(r"^palier: (http\S+)", said.read_text(), re.MULTILINE)
        if url is not None and _answers(url.group(1)):
            link = re.search(r"http\S+/set-up#\S+", said.read_text())
            return Served(process, url.group(1), None if link is None else link.group(0), log)
        time.sleep(0.1)
    process.kill()
    process.wait(10)
    raise AssertionError("the server does not answer: " + said.read_text() + log.read_text())


def _signals() -> None:
    # a test run in the background may ignore signals; a server that people start does not
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url + "/healthz").status_code == 200
    except httpx.TransportError:
        return False
