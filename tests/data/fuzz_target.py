"""Coverage-guided fuzzing of one reader, run by ``test_fuzz_readers.py`` in a process of its own.

``python fuzz_target.py CASE RUNS FOLDER`` mutates the file of that row of ``reader_cases.py``. Only `PalierError` may
come out; anything else ends the process with a traceback, a hang with libFuzzer's time-out.
"""

import contextlib
import runpy
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["palier.data"]):
    from palier.data.read import read_recording
    from palier.errors import PalierError

_TABLE = runpy.run_path(str(Path(__file__).with_name("reader_cases.py")))


def main() -> None:
    name, runs, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    case = next(case for case in _TABLE["CASES"] if case.name == name)
    corpus = folder / "corpus"
    corpus.mkdir()
    case.write(folder / case.file_name, _TABLE["two_channels"](40))
    (corpus / "whole").write_bytes((folder / case.file_name).read_bytes())
    target = folder / f"target{case.file_name[1:]}"

    def one_input(data: bytes) -> None:
        target.write_bytes(data)
        with contextlib.suppress(PalierError):
            read_recording(target)

    options = [f"-runs={runs}", "-max_len=8192", "-timeout=20", "-rss_limit_mb=2048", "-seed=58", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
