"""The remediation table: every row of the audit, and for each row called shown, tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/reference/remediation.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([\d, ]+) \| ([\d–]+) \| (.+?) \| (open|shown) \| (.*?) \|$", PAGE, re.MULTILINE)


def test_all_106_findings_are_listed_once() -> None:
    numbers = sorted(int(n) for row in ROWS for n in row[0].split(","))
    assert numbers == sorted(set(numbers))
    assert set(range(1, 107)) - set(numbers) == set()


def test_rows_called_shown_name_tests_that_exist() -> None:
    shown = [row for row in ROWS if row[3] == "shown"]
    assert shown
    for numbers, _, _, _, tests in shown:
        named = re.findall(r"`([^`]+)`", tests)
        assert named, f"row {numbers} names no test"
        for test in named:
            path, _, function = test.partition("::")
            text = (ROOT / path).read_text(encoding="utf-8")
            assert function == "" or f"def {function}(" in text, test


def test_open_rows_name_no_test() -> None:
    assert [row[0] for row in ROWS if row[3] == "open" and "`" in row[4]] == []
