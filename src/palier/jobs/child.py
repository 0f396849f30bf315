"""Work that cannot be told to stop, in a process of its own that can be ended at any moment.

The request goes to the child as one line of JSON; it answers with lines of JSON: what it is at, and at last its result
or its error. A child whose parent is gone ends itself.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib import import_module
from typing import IO, Any

from palier import errors
from palier.errors import OutputError, PalierError
from palier.jobs.context import JobContext

__all__ = ["main", "run_child"]

Message = dict[str, Any]

_EVERY_S = 0.2
_START = "from palier.jobs.child import main; main()"


def run_child(context: JobContext, target: str, request: Message, *, on_message: Callable[[Message], None]) -> Message:
    """Run ``module:function`` on a request in a child process and return its result.

    The function gets the request and a callable for messages, which reach `on_message` here. Where the job is to stop,
    the child is killed.

    Raises
    ------
    PalierError
        What the function raised; or OutputError where the child was killed from outside.
    """
    paths = os.pathsep.join(p for p in sys.path if p)
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - this very interpreter, and no word of the user's
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            env={**os.environ, "PYTHONPATH": paths},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"target": target, "request": request}).encode() + b"\n")
            process.stdin.flush()  # and stays open: its end tells the child that we are gone
            answer = _answer(context, process.stdout, on_message)
        except BrokenPipeError:
            answer = None
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _closed(pipe)
        if answer is None:
            words.seek(0)
            lines = words.read().decode("utf-8", "replace").strip().splitlines()
            raise OutputError(
                f"the process that did the work ended ({lines[-1] if lines else 'killed'}); is there enough memory? "
                "Try again, or make the task smaller"
            )
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), PalierError)
        raise kind(str(answer["message"]))
    result: Message = answer["result"]
    return result


def _answer(context: JobContext, lines: IO[bytes], on_message: Callable[[Message], None]) -> Message | None:
    """Pass messages on until the last one, and return it; None where the child ended without one."""
    heard: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def listen() -> None:
        for line in lines:
            heard.put(line)
        heard.put(None)

    listener = threading.Thread(target=listen, name="listen to child", daemon=True)
    listener.start()
    while True:
        context.check()
        try:
            line = heard.get(timeout=_EVERY_S)
        except queue.Empty:
            continue
        if line is None:
            return None
        message: Message = json.loads(line)
        if "result" in message or "error" in message:
            return message
        on_message(message)


def _closed(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was not sent has no reader any more
        return


def main() -> None:
    """Do what standard input asks for; the child's side."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get among the answers
    asked: Message = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(message: Message) -> None:
        answers.write(json.dumps(message, allow_nan=False).encode() + b"\n")
        answers.flush()

    module, _, name = asked["target"].partition(":")
    try:
        tell({"result": getattr(import_module(module), name)(asked["request"], tell)})
    except PalierError as error:
        tell({"error": type(error).__name__, "message": str(error)})


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
