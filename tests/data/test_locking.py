"""A lock that a killed process cannot keep."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from palier.data.files import output_errors, replacing, write_whole
from palier.data.locking import LockedError, locked
from palier.errors import OutputError


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    inside, most = [], []

    def work() -> None:
        for _ in range(50):
            with locked(tmp_path / "lock", patience_s=20):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert most == [1] * 200


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom palier.data.locking import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LockedError), locked(path):
            pass
        process.kill()
    with locked(path, patience_s=5):
        pass


def test_a_lock_file_that_was_removed_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path):
        path.unlink()
        with locked(path):
            assert path.exists()


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, "before")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text(str(1 / 0))
    assert path.read_text() == "before"
    with pytest.raises(OutputError, match="cannot be written"):
        write_whole(tmp_path / "no" / "folder.txt", "x")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied"), "choose a folder that you may write to"),
        (OSError(28, "No space left on device"), "make room"),
        (OSError("Can't write data (No space left on device)"), "make room"),
        (OSError(5, "Input/output error"), "check the disk"),
    ],
)
def test_what_the_system_says_becomes_what_to_do(tmp_path: Path, error: OSError, said: str) -> None:
    with pytest.raises(OutputError, match=said), output_errors(tmp_path):
        raise error
