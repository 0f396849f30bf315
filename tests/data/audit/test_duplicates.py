from palier.data.audit.duplicates import find_duplicates
from palier.data.audit.summary import summarise


def found_in(make, *parts):
    return find_duplicates([summarise(make(x, source=source), label=label) for source, label, x in parts])


def test_identical_recordings_are_one_finding(make, rng):
    x = rng.normal(size=20_000)
    (found,) = found_in(
        make, ("a", "good", x), ("b", "good", x), ("c", "good", x), ("d", "good", rng.normal(size=20_000))
    )
    assert (found.key, found.severity) == ("duplicate", "warning")
    assert found.values["recordings"] == ("a", "b", "c")


def test_one_signal_under_two_labels_is_fatal(make, rng):
    x = rng.normal(size=20_000)
    assert found_in(make, ("a", "good", x), ("b", "bad", x))[0].severity == "fatal"
    assert found_in(make, ("a", "good", x[:15_000]), ("b", "bad", x[5000:]))[0].severity == "fatal"


def test_overlapping_cuts_are_found_with_their_extent(make, rng):
    x = rng.normal(size=40_000)
    (found,) = found_in(make, ("a", None, x[:25_000]), ("b", None, 9.80665 * x[10_000:35_000]))
    assert (found.key, found.severity) == ("overlap", "warning")
    assert found.values["lag"] == -10_000
    assert found.values["n_shared"] == 15_000


def test_a_channel_of_another_file_is_found(make, rng):
    x = rng.normal(size=(2, 20_000))
    (found,) = found_in(make, ("a", None, x), ("b", None, [rng.normal(size=20_000), x[1]]))
    assert found.key == "duplicate"


def test_copies_inside_one_recording_are_not_reported_here(make, rng):
    x = rng.normal(size=20_000)
    assert found_in(make, ("a", None, [x, x]), ("b", None, rng.normal(size=20_000))) == ()


def test_independent_recordings_share_nothing(make, machine, rng):
    assert found_in(make, *((str(i), "m", machine(rng, duration_s=4.0)) for i in range(6))) == ()
