"""Work in a process of its own: its messages, its errors, and its end."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.jobs.workplace import Context

from palier.errors import CancelledError, LeakError, OutputError
from palier.jobs import child
from palier.jobs.child import run_child
from palier.jobs.patience import patiently

HERE = "tests.jobs.test_child"
ROOT = Path(__file__).resolve().parents[2]


def add(request, tell):
    sys.stdout.write("what a library prints is no answer\n")
    tell({"at": 1})
    return {"sum": sum(request["numbers"])}


def refuse(request, tell):
    raise LeakError(f"no: {request['why']}")


def crash(request, tell):
    raise ZeroDivisionError("a mistake of ours")


def hang(request, tell):
    tell({"pid": os.getpid()})
    time.sleep(600)


@pytest.fixture
def context():
    return Context(job=None, ports=None, folder=None)


@pytest.fixture(autouse=True)
def _found_by_the_child(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])


def gone(pid: int) -> bool:
    """Wait until a process is gone or a zombie of somebody else's."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_messages_and_result(context):
    heard = []
    assert run_child(context, f"{HERE}:add", {"numbers": [1, 2]}, on_message=heard.append) == {"sum": 3}
    assert heard == [{"at": 1}]
    assert context.checks > 0


def test_its_errors_are_ours(context):
    with pytest.raises(LeakError, match="no: because"):
        run_child(context, f"{HERE}:refuse", {"why": "because"}, on_message=print)


def test_an_end_without_an_answer_is_said(context):
    with pytest.raises(OutputError, match=r"ended \(ZeroDivisionError: a mistake of ours\); is there enough memory"):
        run_child(context, f"{HERE}:crash", {}, on_message=print)


def test_it_is_killed_where_the_job_is_to_stop(context):
    pids = []

    def heard(message):
        pids.append(message["pid"])
        context.stop_at = context.checks + 1

    with pytest.raises(CancelledError):
        run_child(context, f"{HERE}:hang", {}, on_message=heard)
    assert gone(pids[0])


def test_it_ends_with_its_parent():
    parent = (
        "import os, signal\n"
        "from tests.jobs.test_child import HERE\n"
        "from tests.jobs.workplace import Context\n"
        "from palier.jobs.child import run_child\n"
        "def heard(message):\n"
        "    print(message['pid'], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "run_child(Context(None, None, None), f'{HERE}:hang', {}, on_message=heard)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
        check=False, text=True,
    )  # fmt: skip
    assert done.returncode == -9
    assert gone(int(done.stdout))


def test_closing_what_nobody_reads_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    pipe = os.fdopen(writer, "wb")
    pipe.write(b"x")
    child._closed(pipe)


def test_patience_returns_and_raises(context):
    assert patiently(context, lambda: 7) == 7
    with pytest.raises(TimeoutError, match="of the call"):
        patiently(context, lambda: (_ for _ in ()).throw(TimeoutError("of the call")))


def test_patience_ends_where_the_job_is_to_stop():
    import threading

    context, go_on = Context(None, None, None, stop_at=2), threading.Event()
    with pytest.raises(CancelledError):
        patiently(context, go_on.wait)
    go_on.set()
