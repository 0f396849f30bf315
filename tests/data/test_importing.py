"""Files become records with what is stated about them, and nothing more; unknown labels are refused."""

import pickle

import numpy as np
import pytest

from palier.data import build_dataset, find_recordings
from palier.data.importing import ImportRequest, file_source, unreadable_files
from palier.data.label_names import label_key, parse_map, severity_level
from palier.data.record_keys import Key, read_fact_table
from palier.data.split import SplitRequest, highest_level, make_split
from palier.errors import LeakError, ParameterError, ReadError

K = Key.parse


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for day in ("day1", "day2"):
        (tmp_path / day).mkdir()
        for i, name in enumerate(("wear_b1_20", "usure_b2_25", "sain_b3_20")):
            np.save(tmp_path / day / f"{name}.npy", rng.normal(size=2000 + 100 * i))
    return tmp_path


def request(**more):
    return ImportRequest("journal", label_pattern="^([a-z]+)_", sampling_rate_hz=K("1000"), **more)


def test_facts_come_from_constants_patterns_and_the_file(folder):
    source = file_source(
        find_recordings([folder]),
        request(
            bearing=K(r"pattern:(day\d).*(b\d)"), rig=K("bench"), speed_rpm=K(r"pattern:_(\d+)\.npy"), unit="g",
            bearing_name="sleeve", condition=K("pattern:(day1)"),
        ),
    )  # fmt: skip
    assert len(pickle.loads(pickle.dumps(source))) == 6
    records = [source.record(i) for i in range(6)]
    assert [r.record_id for r in records] == [
        "day1.sain_b3_20", "day1.usure_b2_25", "day1.wear_b1_20", "day2.sain_b3_20", "day2.usure_b2_25",
        "day2.wear_b1_20",
    ]  # fmt: skip
    first, second = records[:2]
    assert (first.label, second.label) == ("healthy", "wear")
    assert (first.bearing, first.rig, first.condition) == ("day1-b3", "bench", "day1")
    assert records[3].condition is None
    assert first.recording.speed_hz == pytest.approx(20 / 60)
    assert (first.recording.sampling_rate_hz, first.recording.unit) == (1000.0, "g")
    assert first.recording.bearing_name == "sleeve"
    assert first.recording.provenance.source.endswith("day1/sain_b3_20.npy")
    assert (first.severity, first.load, first.temperature_c, first.source_split) == (None, None, None, None)
    assert second.truth == {"file_label": "usure"}
    assert [r.recording.n_samples for r in records[:3]] == [2200, 2100, 2000]


def test_a_table_gives_every_fact(folder):
    table = folder / "facts.csv"
    rows = ["file,label,machine,how bad,kN,degC,side"]
    for day, side in (("day1", "train"), ("day2", "test")):
        rows += [f"{day}/wear_b1_20.npy,wear,m1,2,1.5,40,{side}", f"{day}/sain_b3_20.npy,healthy,m2,,2.5,41.5,{side}"]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    source = file_source(
        find_recordings([folder]),
        ImportRequest(
            "journal", labels=table, bearing=K("column:machine"), severity=K("column:how bad"),
            severity_map={"2": "moderate"}, load=K("column:kN"), load_unit="kN", temperature_c=K("column:degC"),
            source_split=K("column:side"), sampling_rate_hz=K("1000"),
        ),
    )  # fmt: skip
    by_id = {r.record_id: r for r in map(source.record, range(len(source)))}
    worn = by_id["day2.wear_b1_20"]
    assert (worn.label, worn.severity, worn.bearing, worn.load, worn.load_unit) == ("wear", "moderate", "m1", 1.5, "kN")
    assert (worn.temperature_c, worn.source_split) == (40.0, "test")
    assert worn.truth["facts"]["how bad"] == "2"
    assert by_id["day1.sain_b3_20"].severity is None
    unnamed = by_id["day1.usure_b2_25"]
    assert (unnamed.label, unnamed.bearing, unnamed.load, unnamed.load_unit) == (None, None, None, None)


def test_a_plain_table_of_two_columns_needs_no_heading(folder):
    table = folder / "labels.csv"
    table.write_text("wear_b1_20.npy,wear\nday1/sain_b3_20.npy,sain\n", encoding="utf-8")
    source = file_source(find_recordings([folder]), ImportRequest("journal", labels=table))
    assert [e.label for e in source.entries] == ["healthy", None, "wear", None, None, "wear"]


def test_the_description_knows_the_set_of_files(folder):
    paths = find_recordings([folder])
    one, same = (file_source(paths, request()).description for _ in range(2))
    assert one == same
    assert one["files"] == 6
    assert file_source(paths[1:], request()).description["files_digest"] != one["files_digest"]
    np.save(paths[0], np.zeros(10))
    assert file_source(paths, request()).description["files_digest"] != one["files_digest"]


def test_unreadable_files_stop_the_import_or_are_left_out(folder, tmp_path):
    (folder / "day1" / "wear_b9_20.npy").write_bytes(b"no array")
    source = file_source(find_recordings([folder]), request())
    with pytest.raises(ReadError, match="--skip-unreadable"):
        build_dataset(source, tmp_path / "set")
    steps = []
    bad = unreadable_files(source, on_progress=lambda *n: steps.append(n))
    assert [p.name for p, _ in bad] == ["wear_b9_20.npy"]
    assert steps[-1] == (7, 7)
    left = source.without([p for p, _ in bad])
    assert len(left) == left.description["files"] == 6
    assert build_dataset(left, tmp_path / "other").card.n_records == 6
    with pytest.raises(ParameterError, match="none of the files"):
        source.without([e.path for e in source.entries])


@pytest.mark.parametrize(
    ("changes", "error", "word"),
    [
        ({"label_pattern": "^([a-z]+_b)"}, ParameterError, "is no class of journal bearings; allowed are healthy"),
        ({"bearing": K("pattern:(zzz)")}, ParameterError, "none of 6 files has a bearing"),
        ({"speed_rpm": K("fast")}, ParameterError, "speed_rpm is 'fast'"),
        ({"bearing": K("column:machine")}, ParameterError, "a column of what"),
        ({"severity": K("awful")}, ParameterError, "severity 'awful' is no level"),
        ({"labels": "t.csv"}, ParameterError, "allowed is one of them"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder, changes, error, word):
    with pytest.raises(error, match=word):
        file_source(find_recordings([folder]), ImportRequest("journal", **{"label_pattern": "^([a-z]+)_", **changes}))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no rows"),
        ("a,b,c\n1,2,3\n", "no column path"),
        ("path,label,x\na.wav,wear\n", "line 2: 2 columns"),
        ("path,label\na.wav,wear\na.wav,cage\n", "other facts"),
        ("path,label\n,wear\n", "names no file"),
    ],
)
def test_tables_that_are_none(tmp_path, text, word):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=word):
        read_fact_table(tmp_path / "t.csv")
    with pytest.raises(ReadError, match="cannot be read"):
        read_fact_table(tmp_path / "absent.csv")


def test_a_column_that_the_table_has_not_is_named(folder):
    (folder / "t.csv").write_text("path,label\nx.npy,wear\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="no column machine; there are path, label"):
        file_source(
            find_recordings([folder]), ImportRequest("journal", labels=folder / "t.csv", bearing=K("column:machine"))
        )


def test_files_are_named_once_and_records_after_them(folder, tmp_path):
    paths = find_recordings([folder])
    with pytest.raises(ParameterError, match="is named twice"):
        file_source([*paths, paths[0]], request())
    with pytest.raises(ParameterError, match="no files"):
        file_source([], request())
    for name in ("é è.npy", "é è.csv", "##.npy"):
        (tmp_path / name).touch()
    ids = [e.record_id for e in file_source([tmp_path / n for n in ("é è.npy", "é è.csv", "##.npy")],
                                            ImportRequest("journal")).entries]  # fmt: skip
    assert len(set(ids)) == 3
    assert all(i.isascii() for i in ids)


@pytest.mark.parametrize("text", ["", "pattern:", "pattern:(", "pattern:abc"])
def test_keys_that_are_none(text):
    with pytest.raises(ParameterError, match=r"key|pattern"):
        K(text)


def test_names_of_classes_and_severities():
    assert label_key("Misalignment and imbalance", kind="journal") == "misalignment_imbalance"
    assert label_key("lubrification", kind="journal") == "lubrication"
    assert label_key("DÉSALIGNEMENT", kind="rolling") == "misalignment"
    assert label_key("3", kind="rolling") == "rolling_element"
    assert label_key("x", kind="journal", mapping={"x": "usure"}) == "wear"
    for wrong, word in (
        ("11", "allowed are healthy"),
        ("xyz", "state which one"),
        ("wera", "is it wear"),
        ("-1", "no c"),
    ):
        with pytest.raises(ParameterError, match=word):
            label_key(wrong, kind="journal")
    with pytest.raises(ParameterError, match="--severity-map bad=LEVEL"):
        severity_level("bad")
    with pytest.raises(ParameterError, match="OLD=KEY"):
        parse_map(("IR",), option="--label-map")
    with pytest.raises(ParameterError, match="mapped to a and to b"):
        parse_map(("IR=a", "IR=b"), option="--label-map")


@pytest.mark.real_data
def test_cwru_is_split_by_the_physical_bearing_or_not_at_all(real_data, tmp_path):
    names = {"IR": "inner_race", "OR": "outer_race", "B": "rolling_element", "normal": "healthy"}
    source = file_source(
        find_recordings([real_data / "cwru"]),
        ImportRequest(
            "rolling", label_pattern="^(IR|OR|B|normal)", label_map=names, load=K("pattern:_([013])_"), load_unit="hp",
            bearing=K(r"pattern:^((?:IR|OR|B)\d{3}|normal)"),
        ),
    )  # fmt: skip
    data = build_dataset(source, tmp_path / "cwru")
    rates = data.index.column("sampling_rate_hz")
    assert sorted(set(rates)) == [12_000.0, 48_000.0]
    assert rates[data.index.row_of("normal_0_97")] == 48_000.0
    assert highest_level(data.index) == "bearing"
    faults = ("inner_race", "outer_race", "rolling_element")
    with pytest.raises(LeakError, match="leaks on the level bearing: 9 of them"):
        make_split(data.index, SplitRequest("s", level="record", labels=faults))
    with pytest.raises(ParameterError, match=r"class healthy has too few.*healthy 1, inner_race 3"):
        make_split(data.index, SplitRequest("s"))
    split = make_split(data.index, SplitRequest("s", kind="kfold", folds=3, labels=faults))
    bearing = data.index.column("bearing")
    for fold in split.folds:
        assert (len(fold.train), len(fold.test)) == (18, 9)
        assert not set(bearing[fold.train]) & set(bearing[fold.test])
    leaky = make_split(data.index, SplitRequest("s", level="record", labels=faults, leaky=True))
    assert leaky.leaky


@pytest.mark.real_data
def test_hit_sm_is_imported_with_its_speeds(real_data, tmp_path):
    source = file_source(
        find_recordings([real_data / "hit_sm_mfs"]),
        ImportRequest(
            "rolling", label_pattern="^(Normal|IR|OR)", speed_rpm=K(r"pattern:_(\d+)\.mat"),
            label_map={"IR": "inner_race", "OR": "outer_race", "Normal": "healthy"},
            bearing=K(r"pattern:^(Normal|IR5|OR5)"), rig=K("hit_sm_mfs"),
        ),
    )  # fmt: skip
    data = build_dataset(source, tmp_path / "hit")
    assert data.card.classes == {"healthy": 3, "inner_race": 2, "outer_race": 2}
    assert sorted(set(data.index.column("speed_hz"))) == [10.0, 15.0, 20.0]
    assert set(data.index.column("unit")) == {None}
    with pytest.raises(ParameterError, match="healthy 1, inner_race 1, outer_race 1"):
        make_split(data.index, SplitRequest("s"))
