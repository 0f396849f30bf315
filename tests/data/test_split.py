"""Splits: nothing known straddles, whatever the data; every class is where it must be; equal requests, equal splits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.faults import JOURNAL_CLASSES
from palier.data.split import Shift, SplitRequest, Table, highest_level, make_split, noise_of
from palier.data.split_groups import group_levels
from palier.errors import LeakError, ParameterError

CLASSES = ("healthy", "wear", "oil_whirl")
SIDES = ("train", "validation", "test")
GRAVITY = ("incipient", "mild", "moderate", "severe")


def table(n=80, *, per_bearing=4, per_rig=20, **more):
    """`n` records: one class per bearing, several bearings of each class on each rig."""
    bearing = [i // per_bearing for i in range(n)]
    return Table(
        {
            "record_id": [f"r{i:04d}" for i in range(n)],
            "label": [CLASSES[b % 3] for b in bearing],
            "severity": [None if b % 3 == 0 else GRAVITY[i % 4] for i, b in enumerate(bearing)],
            "bearing": [f"b{b}" for b in bearing],
            "rig": [f"rig{i // per_rig}" for i in range(n)],
            "speed_hz": [20.0 + i % 4 for i in range(n)],
            "load": [float(i % 3) for i in range(n)],
            "load_unit": ["hp"] * n,
            **more,
        }
    )


def without(records, *names):
    return Table({k: v for k, v in records.columns.items() if k not in names})


def sides_of(fold):
    return {int(row): side for side in SIDES for row in getattr(fold, side)}


def assert_whole(records, split, levels):
    """No name of a level is on two sides of a fold (a name that all records share aside)."""
    rows = np.unique(np.concatenate([getattr(f, s) for f in split.folds for s in SIDES]))
    for level in levels:
        names = records.column(level)
        if len(set(names[rows].tolist())) < 2:
            continue
        for fold in split.folds:
            seen = {}
            for row, side in sides_of(fold).items():
                if names[row] is not None:
                    assert seen.setdefault(names[row], side) == side, (level, names[row])


@st.composite
def any_table(draw):
    n = draw(st.integers(4, 50))

    def column(values):
        return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

    def names(letter, count):
        return column([f"{letter}{k}" for k in range(count)] + [None] * draw(st.sampled_from([0, 0, 1])))

    bearing = names("b", draw(st.sampled_from([3, 8, 30])))
    placed = draw(st.booleans())
    sides = {name: draw(st.sampled_from(["train", "val", "test"])) for name in sorted({str(b) for b in bearing})}
    return Table(
        {
            "record_id": [f"r{i}" for i in draw(st.permutations(range(n)))],
            "label": column(draw(st.sampled_from([CLASSES[:2], CLASSES, (*CLASSES, None)]))),
            "severity": column(GRAVITY),
            "condition": names("c", draw(st.sampled_from([1, 6]))),
            "bearing": bearing,
            "rig": names("rig", draw(st.sampled_from([1, 1, 2, 20]))),
            "speed_hz": column([20.0, 25.0, 30.0]),
            "source_split": [sides[str(b)] for b in bearing] if placed else column(["train", "val", "test", None]),
        }
    )


REQUESTS = st.one_of(
    st.builds(
        SplitRequest,
        st.just("s"),
        kind=st.sampled_from(["holdout", "kfold", "leave_one_out", "source"]),
        level=st.sampled_from([None, None, None, None, "record", "condition", "bearing", "rig"]),
        seed=st.integers(0, 3),
        folds=st.integers(2, 4),
    ),
    st.builds(
        SplitRequest,
        st.just("s"),
        kind=st.just("shift"),
        seed=st.integers(0, 3),
        shift=st.sampled_from(
            [Shift("severity", "down"), Shift("severity"), Shift("speed"), Shift("speed", "down", 22)]
        ),
    ),
)


@given(any_table(), REQUESTS)
def test_whatever_the_data_no_group_is_on_two_sides_and_no_record_either(records, request):
    try:
        split = make_split(records, request)
    except (LeakError, ParameterError):
        return
    for fold in split.folds:
        rows = np.concatenate([getattr(fold, s) for s in SIDES])
        assert len(np.unique(rows)) == len(rows)
        assert all(np.all(np.diff(getattr(fold, s)) > 0) for s in SIDES)
        assert len(fold.train) > 0
        assert len(fold.test) > 0
        labels = records.column("label")
        assert None not in labels[rows].tolist()
        if request.kind != "source":
            assert set(labels[fold.test]) <= set(labels[fold.train])
    assert not split.leaky
    if request.kind == "source":
        assert_whole(records, split, ["bearing", "rig"])
        if split.level != "record":
            assert_whole(records, split, [split.level])
    else:
        assert_whole(records, split, group_levels(split.level))


@given(any_table(), REQUESTS, st.randoms(use_true_random=False))
def test_the_same_request_gives_the_same_split_in_any_order_of_rows(records, request, random):
    order = list(range(len(records)))
    random.shuffle(order)
    other = Table({k: [v[i] for i in order] for k, v in records.columns.items()})

    def outcome(these):
        try:
            split = make_split(these, request)
        except (LeakError, ParameterError) as error:
            return type(error)
        ids = these.column("record_id")
        return [(f.name, [sorted(ids[getattr(f, s)]) for s in SIDES]) for f in split.folds]

    assert outcome(records) == outcome(records) == outcome(other)


@given(any_table(), st.integers(0, 5))
def test_a_holdout_of_records_has_every_class_in_training_and_test_or_says_which_has_not(records, seed):
    bare = without(records, "condition", "bearing", "rig")
    labels = [v for v in bare.columns["label"] if v is not None]
    short = {c for c in labels if labels.count(c) < 2}
    if short or not labels:
        with pytest.raises(ParameterError, match=r"too few|no record has a label"):
            make_split(bare, SplitRequest("s", seed=seed))
        return
    fold = make_split(bare, SplitRequest("s", seed=seed)).folds[0]
    column = bare.column("label")
    assert set(column[fold.train]) == set(column[fold.test]) == set(labels)


def test_the_default_is_the_highest_level_that_the_data_name():
    records = table(120)
    assert highest_level(records) == "rig"
    assert make_split(records, SplitRequest("s")).level == "rig"
    one_rig = table(120, per_rig=1000)
    assert make_split(one_rig, SplitRequest("s")).level == "bearing"
    assert make_split(without(records, "rig", "bearing"), SplitRequest("s")).level == "record"


@pytest.mark.parametrize("level", ["window", "record", "bearing"])
def test_a_lower_level_is_refused_by_name_and_allowed_on_purpose(level):
    records = table(120)
    words = r"leaks on the level rig: 6 of them could lie on two sides \(rig0, rig1, rig2 …\)"
    with pytest.raises(LeakError, match=words):
        make_split(records, SplitRequest("s", level=level))
    split = make_split(records, SplitRequest("s", level=level, leaky=True))
    assert split.leaky
    assert split.level == level
    if level == "window":
        np.testing.assert_array_equal(split.folds[0].train, split.folds[0].test)
    else:
        with pytest.raises(AssertionError):
            assert_whole(records, split, ["rig"])


def test_leaky_is_what_leaks_not_what_is_called_so():
    assert not make_split(table(120), SplitRequest("s", leaky=True)).leaky
    one_each = table(60, per_bearing=1, per_rig=1000)
    assert not make_split(one_each, SplitRequest("s", level="record", leaky=True)).leaky


def test_a_level_that_nobody_names_is_no_level():
    records = table(60, per_rig=1000, condition=[None] * 59 + ["c"])
    with pytest.raises(ParameterError, match=r"59 of 60 records name none; the highest level .* bearing"):
        make_split(records, SplitRequest("s", level="condition"))
    with pytest.raises(ParameterError, match="all records name the same"):
        make_split(records, SplitRequest("s", level="rig"))


def test_what_is_named_stays_whole_even_where_others_are_not_named():
    records = table(60, per_rig=1000)
    bearing = [b if i % 8 else None for i, b in enumerate(records.columns["bearing"])]
    records = Table({**records.columns, "bearing": bearing})
    split = make_split(records, SplitRequest("s"))
    assert split.level == "record"
    assert_whole(records, split, ["bearing"])


def test_a_bearing_moved_between_rigs_links_them():
    records = table(120)
    bearing = list(records.columns["bearing"])
    bearing[25] = bearing[5]  # of rig1 and rig0
    linked = Table({**records.columns, "bearing": bearing})
    for seed in range(8):
        split = make_split(linked, SplitRequest("s", seed=seed))
        assert_whole(linked, split, ["bearing", "rig"])
        side = sides_of(split.folds[0])
        assert side[5] == side[25]
    apart = [make_split(records, SplitRequest("s", seed=seed)).folds[0] for seed in range(8)]
    assert any(sides_of(f)[5] != sides_of(f)[25] for f in apart)


def test_classes_and_severities_get_their_shares():
    n = 400
    records = Table(
        {
            "record_id": [f"r{i}" for i in range(n)],
            "label": [CLASSES[1 + i % 2] for i in range(n)],
            "severity": [GRAVITY[(i // 2) % 4] for i in range(n)],
        }
    )
    fold = make_split(records, SplitRequest("s")).folds[0]
    for label in CLASSES[1:]:
        for gravity in GRAVITY:
            own = (records.column("label") == label) & (records.column("severity") == gravity)
            assert [int(own[getattr(fold, s)].sum()) for s in SIDES] == [30, 10, 10]
    split = make_split(records, SplitRequest("s", kind="kfold"))
    for fold in split.folds:
        assert [len(getattr(fold, s)) for s in SIDES] == [240, 80, 80]


def test_another_seed_is_another_split():
    records = table(120, per_rig=1000)
    ways = {tuple(make_split(records, SplitRequest("s", seed=seed)).folds[0].test) for seed in range(6)}
    assert len(ways) == 6


def test_folds_test_every_record_once_and_validate_where_groups_allow():
    records = table(180, per_rig=1000)  # 15 bearings of each class
    split = make_split(records, SplitRequest("s", kind="kfold", folds=5))
    assert sorted(np.concatenate([f.test for f in split.folds])) == list(range(180))
    assert all(len(f.validation) for f in split.folds)
    few = table(36, per_rig=1000)  # 3 bearings of each class
    split = make_split(few, SplitRequest("s", kind="kfold", folds=3))
    labels, bearings = few.column("label"), few.column("bearing")
    for fold in split.folds:
        assert len(fold.validation) == 0
        assert set(labels[fold.test]) == set(CLASSES)
        assert len(set(bearings[fold.train])) == 6
    assert "none of 3 with a validation side" in split.text


def test_leaving_one_out_names_what_is_left_out():
    split = make_split(table(120, per_rig=40), SplitRequest("s", kind="leave_one_out"))
    assert [f.name for f in split.folds] == ["rig0", "rig1", "rig2"]
    assert [len(f.test) for f in split.folds] == [40, 40, 40]
    assert all(len(f.train) + len(f.validation) == 80 for f in split.folds)
    with pytest.raises(ParameterError, match="allowed are 2 to 200"):
        make_split(without(table(300), "bearing", "rig"), SplitRequest("s", kind="leave_one_out"))


def test_too_few_groups_are_counted():
    records = table(32, per_rig=1000)  # 3, 3 and 2 bearings
    for kind, folds in (("holdout", 2), ("kfold", 2), ("leave_one_out", 2)):
        lone = Table({**records.columns, "bearing": ["b2" if b == "b5" else b for b in records.columns["bearing"]]})
        lone.columns["bearing"] = [
            "b2" if label == "oil_whirl" else b
            for b, label in zip(lone.columns["bearing"], lone.columns["label"], strict=True)
        ]
        with pytest.raises(ParameterError, match=r"oil_whirl has too few.*oil_whirl 1"):
            make_split(lone, SplitRequest("s", kind=kind, folds=folds))
        kept = make_split(lone, SplitRequest("s", kind=kind, folds=folds, labels=("healthy", "wear")))
        assert kept.level == "bearing"


@pytest.mark.parametrize(
    ("direction", "train", "test"),
    [("down", {"mild", "moderate", "severe"}, {"incipient"}), ("up", {"incipient", "mild"}, {"moderate", "severe"})],
)
def test_shifts_of_severity(direction, train, test):
    records = without(table(160), "bearing", "rig")
    fold = make_split(records, SplitRequest("s", kind="shift", shift=Shift("severity", direction))).folds[0]
    severity, label = records.column("severity"), records.column("label")
    faulty = label != "healthy"
    assert set(severity[fold.train][faulty[fold.train]]) == train
    assert set(severity[fold.test][faulty[fold.test]]) == test
    assert int((faulty[fold.test]).sum()) == sum(v in test for v in severity[faulty])  # all that there are
    for side in SIDES:
        assert "healthy" in label[getattr(fold, side)]


def test_a_shift_inside_groups_deals_the_groups_and_leaves_the_rest_out():
    records = table(120, per_rig=1000)  # each bearing has all speeds
    split = make_split(records, SplitRequest("s", kind="shift", shift=Shift("speed", "up", 21.5)))
    fold = split.folds[0]
    assert_whole(records, split, ["bearing"])
    speed = records.column("speed_hz")
    assert max(speed[fold.train]) <= 21.5 < min(speed[fold.test])
    assert split.text == "train at a speed at most 21.5 Hz, test above it, by bearing"


def test_shifts_by_bins_and_by_names():
    records = without(table(120), "bearing", "rig")
    request = SplitRequest("s", kind="shift", shift=Shift("load", train_on=("0..1",), test_on=("2",)))
    fold = make_split(records, request).folds[0]
    assert set(records.column("load")[fold.train]) == {0.0, 1.0}
    assert set(records.column("load")[fold.test]) == {2.0}
    records = table(120, per_rig=40)
    request = SplitRequest("s", kind="shift", shift=Shift("rig", train_on=("rig0", "rig2"), test_on=("rig1",)))
    split = make_split(records, request)
    assert set(records.column("rig")[split.folds[0].test]) == {"rig1"}
    assert len(split.folds[0].test) == 40
    assert split.level == "rig"


def test_a_noise_shift_is_a_fold_per_variant():
    request = SplitRequest("s", kind="shift", shift=Shift("noise", test_on=("white:10dB", "mains:20dB")))
    split = make_split(table(120), request)
    assert [noise_of(f) for f in split.folds] == ["white:10dB", "mains:20dB:50Hz"]
    np.testing.assert_array_equal(split.folds[0].test, split.folds[1].test)
    with pytest.raises(ParameterError, match="noise 'loud'"):
        Shift("noise", test_on=("loud",))


def test_the_sides_of_the_source_are_kept_unless_they_leak():
    n = 60
    clean = table(n, per_rig=1000, source_split=["Train" if i < 36 else "val" if i < 48 else "test" for i in range(n)])
    split = make_split(clean, SplitRequest("source", kind="source"))
    assert [len(getattr(split.folds[0], s)) for s in SIDES] == [36, 12, 12]
    assert split.level == "bearing"
    mixed = table(n, per_rig=1000, source_split=["val" if i % 3 else "test" if i % 2 else "train" for i in range(n)])
    with pytest.raises(LeakError, match="the split that the source has leaks on the level bearing: 15 of them"):
        make_split(mixed, SplitRequest("source", kind="source"))
    kept = make_split(mixed, SplitRequest("source", kind="source", leaky=True))
    assert (kept.leaky, kept.level) == (True, "record")
    with pytest.raises(ParameterError, match="calls its sides left"):
        make_split(table(n, source_split=["left"] * n), SplitRequest("source", kind="source"))
    with pytest.raises(ParameterError, match="names no training side"):
        make_split(table(n), SplitRequest("source", kind="source"))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "random"}, "kind of split"),
        ({"level": "machine"}, "level is"),
        ({"shares": (0.5, 0.5, 0.5)}, "shares are"),
        ({"folds": 1}, "folds is 1"),
        ({"seed": -1}, "seed is -1"),
        ({"kind": "shift"}, "needs what it shifts by"),
        ({"level": "window", "kind": "kfold"}, "a holdout alone"),
        ({"labels": ("cage",)}, "no record of cage; there are healthy, oil_whirl, wear"),
    ],
)
def test_impossible_requests(changes, word):
    with pytest.raises(ParameterError, match=word):
        make_split(table(), SplitRequest("s", **changes))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("severity", "up", 1.0), "a threshold is for numbers"),
        (("age",), "shift by 'age'"),
        (("rig",), "needs the names"),
        (("speed", "up", None, ("1",)), "name both"),
        (("speed", "up", None, ("a",), ("b",)), "no number and no LOW..HIGH"),
        (("speed", "up", None, ("20..30",), ("21",)), "in both parts"),
        (("rig", "up", None, ("rig0",), ("attic",)), "no rig attic; there are rig0"),
        (("temperature",), "state no temperature"),
        (("speed", "up", 99.0), "no record is left for test"),
    ],
)
def test_impossible_shifts(arguments, word):
    with pytest.raises(ParameterError, match=word):
        make_split(table(), SplitRequest("s", kind="shift", shift=Shift(*arguments)))


def test_two_records_of_one_name_are_refused():
    with pytest.raises(ParameterError, match="1 record names occur more than once, such as r0"):
        make_split(Table({"record_id": ["r0", "r0"], "label": ["wear", "wear"]}), SplitRequest("s"))


def test_large_sets_keep_every_class_on_both_sides():
    rng = np.random.default_rng(0)
    for seed in range(20):
        bearing = rng.integers(0, 30, 200)
        records = Table(
            {
                "record_id": [f"r{i}" for i in range(200)],
                "label": [f"class{c}" for c in rng.integers(0, 12, 200)],
                "bearing": [f"b{b}" for b in bearing],
            }
        )
        fold = make_split(records, SplitRequest("s", seed=seed, shares=(0.9, 0.05, 0.05))).folds[0]
        labels = records.column("label")
        assert set(labels[fold.train]) == set(labels[fold.test]) == set(labels)


@pytest.mark.parametrize(("per_stratum", "folds"), [(3, 4), (2, 5), (5, 4)])
def test_small_strata_do_not_starve_the_last_fold(per_stratum: int, folds: int) -> None:
    n = 44 * per_stratum
    records = Table(
        {
            "record_id": [f"r{i}" for i in range(n)],
            "label": [JOURNAL_CLASSES[i % 11].key for i in range(n)],
            "severity": [GRAVITY[i // 11 % 4] for i in range(n)],
        }
    )
    split = make_split(records, SplitRequest("k", kind="kfold", folds=folds))
    sizes = [len(f.test) for f in split.folds]
    assert max(sizes) - min(sizes) <= max(11, n // folds // 3)
    holdout = make_split(records, SplitRequest("h")).folds[0]
    assert len(holdout.validation) >= 0.1 * n
    assert len(holdout.test) >= 0.1 * n
