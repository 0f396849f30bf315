from pathlib import Path

import pytest

from palier.data.audit.labels import labels_from_file, labels_from_pattern
from palier.errors import ParameterError, ReadError


@pytest.mark.parametrize("heading", ["", "path,label\n", "File, Label\n"])
def test_a_table_labels_by_path_and_by_name(tmp_path, heading):
    table = tmp_path / "labels.csv"
    table.write_text(f"{heading}one/a.wav,good\nb.wav , bad\n\n{tmp_path}/c.wav,worse\n", encoding="utf-8-sig")
    label_of = labels_from_file(table)
    assert label_of(tmp_path / "one" / "a.wav") == "good"
    assert label_of(tmp_path / "one" / ".." / "one" / "a.wav") == "good"
    assert label_of(tmp_path / "two" / "a.wav") is None
    assert label_of(Path("anywhere") / "b.wav") == "bad"
    assert label_of(tmp_path / "c.wav") == "worse"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"", "no labels"),
        (b"path,label\n", "no labels"),
        (b"a.wav\n", "line 1"),
        (b"a.wav,x\nb.wav,\n", "line 2"),
        (b"a.wav,x,y\n", "3 columns"),
        (b"a.wav,x\na.wav,y\n", "x and y"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_bad_table_is_one_clear_error(tmp_path, text, word):
    table = tmp_path / "labels.csv"
    table.write_bytes(text)
    with pytest.raises(ReadError, match=word):
        labels_from_file(table)


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_table_that_is_none_is_one_clear_error(tmp_path, name):
    with pytest.raises(ReadError, match="cannot be read"):
        labels_from_file(tmp_path / name)


def test_a_pattern_looks_at_the_name_then_at_the_path():
    label_of = labels_from_pattern(r"^(IR|OR)")
    assert label_of(Path("ORx/IR007.mat")) == "IR"
    assert labels_from_pattern(r"/(good|bad)/")(Path("sets/bad/1.wav")) == "bad"
    assert label_of(Path("B007.mat")) is None


@pytest.mark.parametrize(("pattern", "word"), [("(", "regular expression"), ("IR", "group")])
def test_a_bad_pattern_is_one_clear_error(pattern, word):
    with pytest.raises(ParameterError, match=word):
        labels_from_pattern(pattern)
