import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.data.audit.fingerprint import common_lag, fingerprints, samples_sha256


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(size=n).astype(np.float32)


@given(st.integers(0, 25_000), st.integers(8_000, 15_000), st.floats(0.01, 100.0), st.floats(-10, 10))
def test_a_cut_is_found_at_its_place_whatever_its_gain_and_offset(start, length, gain, offset):
    whole = noise(40_000)
    part = (gain * (whole[start : start + length] + offset)).astype(np.float32)
    lag, count = common_lag(fingerprints(whole), fingerprints(part))
    assert lag == -start
    assert count >= 6


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_different_noise_shares_nothing(a, b):
    if a != b:
        assert common_lag(fingerprints(noise(20_000, a)), fingerprints(noise(20_000, b))) is None


def test_a_rounded_copy_is_found():
    x = noise(20_000)
    assert common_lag(fingerprints(x), fingerprints((np.round(x / 1e-3) * 1e-3).astype(np.float32)))[0] == 0


@pytest.mark.parametrize("x", [np.sin(np.arange(20_000) * 0.1), np.zeros(20_000), np.tile(noise(100), 100), noise(20)])
def test_what_repeats_itself_has_no_fingerprints(x):
    assert len(fingerprints(x.astype(np.float32)).hashes) == 0


def test_memory_is_bounded():
    found = fingerprints(noise(1_000_000))
    assert len(found.hashes) == len(found.positions) == 512
    assert (np.diff(found.hashes.astype(object)) > 0).all()


def test_the_digest_is_that_of_the_bytes():
    x = noise(100)
    assert samples_sha256(x) == hashlib.sha256(x.tobytes()).hexdigest()
    assert samples_sha256(np.stack((x, x), 1)[:, 0]) == samples_sha256(x)
