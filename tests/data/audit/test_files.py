import numpy as np
import pytest

from palier.core.recording import Declared
from palier.data.audit.files import audit_files
from palier.errors import ParameterError

DECLARED = Declared(sampling_rate_hz=12_000.0, unit="g", speed_hz=30.0)


def test_a_bad_file_does_not_stop_the_others(tmp_path, rng):
    np.save(tmp_path / "a.npy", rng.normal(size=12_000))
    np.save(tmp_path / "c.npy", rng.normal(size=12_000))
    (tmp_path / "b.npy").write_bytes(b"\x93NUMPY\x01")
    x = rng.normal(size=12_000)
    x[5] = np.nan
    np.save(tmp_path / "d.npy", x)
    done = []
    found = audit_files(sorted(tmp_path.iterdir()), declared=DECLARED, on_done=done.append)
    assert found.n_recordings == 2
    assert [u.source for u in found.unreadable] == ["b.npy", "d.npy"]
    assert "NaN" in found.unreadable[1].message
    assert [p.name for p in done] == ["a.npy", "b.npy", "c.npy", "d.npy"]


def test_files_of_one_name_are_told_apart_and_labelled(tmp_path, rng):
    for folder in ("good", "bad"):
        (tmp_path / folder).mkdir()
        np.save(tmp_path / folder / "1.npy", rng.normal(size=12_000))
    x = np.load(tmp_path / "good" / "1.npy")
    np.save(tmp_path / "bad" / "2.npy", x)
    paths = sorted(tmp_path.rglob("*.npy"))
    found = audit_files(paths, declared=DECLARED, label_of=lambda path: path.parent.name)
    assert dict(found.labels) == {"bad": 2, "good": 1}
    duplicate = next(f for f in found.findings if f.key == "duplicate")
    assert duplicate.severity == "fatal"
    assert duplicate.values["recordings"] == ("2.npy", (tmp_path / "good" / "1.npy").as_posix())


def test_a_declared_channel_is_audited_alone(tmp_path, rng):
    np.savez(tmp_path / "a.npz", p=np.zeros(12_000), q=rng.normal(size=12_000))
    path = [tmp_path / "a.npz"]
    assert "constant_channel" in {f.key for f in audit_files(path, declared=DECLARED).findings}
    alone = Declared(sampling_rate_hz=12_000.0, unit="g", speed_hz=30.0, channel="q")
    assert "constant_channel" not in {f.key for f in audit_files(path, declared=alone).findings}


def test_labels_that_fit_no_file_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="none of 1 files"):
        audit_files([tmp_path / "a.npy"], label_of=lambda _path: None)
