"""Reading in a child process, for formats whose libraries damaged files can crash.

Fuzzing showed that a few changed bytes make the HDF5 library ask for all memory there is, and the Parquet library end
the whole process. Neither can be caught, so both run in a child with a bounded address space and a time limit. The
child is started once and serves many files; when it dies, the file it was reading is refused and the next one gets a
new child.

Each request is one line of JSON, each answer one line of JSON and, after it, the samples as they lie in memory.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from palier import errors
from palier.core.recording import Declared, Provenance, Recording
from palier.data.source import MAX_EXPANSION, Source, open_source, printable

__all__ = ["read_isolated", "serve"]

#: Memory of the child beyond what its libraries take: this much, and twice what the file may unpack to, up to …
_BASE_BYTES = 2**29
_MOST_BYTES = 6 * 2**30
#: Seconds a file may take: this many, and one more for every 4 MiB.
_BASE_S = 60.0
_BYTES_PER_S = 2**22

_START = "from palier.data.isolated import serve; serve()"


def read_isolated(source: Source, declared: Declared, reader: str | None, channels: Literal["one", "all"]) -> Recording:
    """Read a recording as `palier.data.read.read_recording` does, in the child process.

    Raises
    ------
    ReadError
        As there, and if the child dies or takes too long over the file.
    """
    request = {
        "path": os.path.abspath(source.path),  # noqa: PTH100 - resolve() would follow links
        "shown": source.shown,
        "declared": asdict(declared),
        "reader": reader,
        "channels": channels,
    }
    with _LOCK:
        child = _Child.running()
        answer, samples = child.ask(request, limit_s=_BASE_S + source.size / _BYTES_PER_S)
        if answer is None:
            raise source.error(
                f"{child.last_words()}; the file is damaged, or made to do harm: copy it again from its origin"
            )
    if "error" in answer:
        raise getattr(errors, answer["error"])(answer["message"])
    answer["provenance"]["notes"] = tuple(answer["provenance"]["notes"])
    answer["provenance"]["channels_available"] = tuple(answer["provenance"]["channels_available"])
    start = answer.pop("start_time")
    return Recording(
        samples,
        Provenance(**answer.pop("provenance")),
        channel_names=tuple(answer.pop("channel_names")),
        start_time=None if start is None else datetime.fromisoformat(start),
        **answer,
    )


_LOCK = threading.Lock()


class _Child:
    """The process that reads."""

    _present: "_Child | None" = None

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._too_slow = False
        paths = os.pathsep.join(p for p in sys.path if p)
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, and no word of the user's
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
        )
        atexit.register(self.close)

    @classmethod
    def running(cls) -> "_Child":
        """Return the child of this process, started if need be."""
        child = cls._present
        if child is None or child.owner != os.getpid() or child._process.poll() is not None:
            if child is not None:
                child.close()
            child = cls._present = cls()
        return child

    def ask(self, request: dict[str, Any], *, limit_s: float) -> tuple[dict[str, Any] | None, np.ndarray]:
        """Return the answer and the samples; ``None`` where the child died over the request."""
        sent, received = self._process.stdin, self._process.stdout
        assert sent is not None
        assert received is not None
        timer = threading.Timer(limit_s, self._stop_waiting)
        timer.start()
        samples = np.empty((0, 0), np.float32)
        answer: dict[str, Any] | None = None
        try:
            sent.write(json.dumps(request).encode() + b"\n")
            sent.flush()
            line = received.readline()
            if line.endswith(b"\n"):
                answer = json.loads(line)
                samples = np.empty(answer.pop("shape", (0, 0)), np.float32)
                if samples.size and not _filled(samples.data.cast("B"), received):
                    answer = None
        except BrokenPipeError:
            answer = None
        finally:
            timer.cancel()
        return answer, samples

    def _stop_waiting(self) -> None:
        self._too_slow = True
        self._process.kill()

    def last_words(self) -> str:
        """Return how the child ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code = self._process.poll()
        if self._too_slow or code is None:
            self._process.kill()
            return "was not read within the time allowed for its size"
        if code < 0:
            return f"crashes the library that reads it ({signal.Signals(-code).name})"
        self._errors.seek(0)
        words = self._errors.read().decode("utf-8", "replace").strip().splitlines() or ["no message"]
        return f"cannot be read ({printable(words[-1], limit=120)})"

    def close(self) -> None:
        """Let the child end."""
        atexit.unregister(self.close)
        if self.owner != os.getpid():  # this process is a fork of the one that started the child
            self._process.returncode = 0
            return
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _filled(view: memoryview, received: IO[bytes]) -> bool:
    """Read the samples into the memory they stay in; tell whether all came."""
    first = 0
    while first < len(view):
        n = received.readinto(view[first:])  # type: ignore[attr-defined]  # a pipe has it
        if not n:
            return False
        first += n
    return True


def serve() -> None:
    """Answer requests from standard input until it ends; the child's side."""
    from palier.data.read import read_here

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get among the answers
    for line in sys.stdin.buffer:
        request = json.loads(line)
        samples = None
        try:
            with open_source(Path(request["path"]), shown=request["shown"]) as source:
                _limit_memory(source.size)
                declared = Declared(**request["declared"])
                recording = read_here(source, declared, request["reader"], request["channels"])
            answer, samples = _told(recording), recording.samples
        except errors.PalierError as error:
            answer = {"error": type(error).__name__, "message": str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        if samples is not None:
            answers.write(samples.data.cast("B"))
        answers.flush()


def _told(recording: Recording) -> dict[str, Any]:
    start = recording.start_time
    return {
        "shape": recording.samples.shape,
        "provenance": asdict(recording.provenance),
        "sampling_rate_hz": recording.sampling_rate_hz,
        "unit": recording.unit,
        "channel_names": recording.channel_names,
        "speed_hz": recording.speed_hz,
        "start_time": None if start is None else start.isoformat(),
        "bearing_name": recording.bearing_name,
    }


def _limit_memory(file_bytes: int) -> None:
    """Bound the address space by what a file of this size can honestly need."""
    try:
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        return  # not on this system: the checks of the readers remain
    allowed = min(_MOST_BYTES, _BASE_BYTES + 2 * MAX_EXPANSION * file_bytes)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = taken + allowed
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard < 0 else min(soft, hard), hard))
