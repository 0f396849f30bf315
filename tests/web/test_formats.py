"""Numbers, quantities and times as each language writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.web.i18n import (
    ago,
    count,
    date_time,
    duration,
    frequency,
    number,
    p_value,
    percent,
    quantity,
    rpm,
    size,
    speaking,
)  # fmt: skip

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "english", "french"),
    [
        (lambda: number(1234.5678, 6), "1,234.57", "1 234,57"),
        (lambda: number(-0.0123), "−0.0123", "−0,0123"),
        (lambda: number(0), "0", "0"),
        (lambda: number(float("nan")), "–", "–"),
        (lambda: number(3.2e-7), "3.20e-7", "3,20e-7"),
        (lambda: number(1.5e12), "1.50e12", "1,50e12"),
        (lambda: count(1234567), "1,234,567", "1 234 567"),
        (lambda: quantity(2.5, "um"), "2.5 µm", "2,5 µm"),
        (lambda: quantity(None, "g"), "–", "–"),
        (lambda: percent(0.015), "1.5%", "1,5 %"),
        (lambda: p_value(1e-9), "p < 0.000001", "p < 0,000001"),
        (lambda: frequency(25_600), "25.6 kHz", "25,6 kHz"),
        (lambda: rpm(24.9167), "1,495 rpm", "1 495 tr/min"),
        (lambda: size(999), "999 B", "999 o"),
        (lambda: size(2_500_000_000), "2.5 GB", "2,5 Go"),
        (lambda: duration(0.0005), "0.5 ms", "0,5 ms"),
        (lambda: duration(61), "1 min 1 s", "1 min 1 s"),
        (lambda: duration(2 * 86_400 + 3600), "2 d 1 h", "2 j 1 h"),
        (lambda: ago(NOW - timedelta(minutes=5), NOW), "5 min ago", "il y a 5 min"),
        (lambda: ago(NOW + timedelta(days=3), NOW), "in 3 d", "dans 3 j"),
        (lambda: ago(NOW, NOW), "just now", "à l'instant"),
        (lambda: ago(None, NOW), "–", "–"),
        (lambda: date_time(NOW), "2026-11-23 12:00 UTC", "23/11/2026 12:00 UTC"),
        (lambda: date_time(None), "–", "–"),
    ],
)
def test_each_language_writes_its_own_way(written: Any, english: str, french: str) -> None:
    with speaking("en"):
        assert plain(written()) == english
    with speaking("fr"):
        assert plain(written()) == french


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@given(st.floats(-1e8, 1e8).filter(lambda v: abs(v) > 1e-4), st.integers(1, 7))
def test_a_written_number_is_read_back_to_its_digits(value: float, digits: int) -> None:
    text = number(value, digits).replace(",", "").replace("−", "-")
    assert float(text) == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@given(st.floats(0, 1e9))
def test_a_length_of_time_has_two_units_at_most(seconds: float) -> None:
    assert len(duration(seconds).replace("\u00a0", "").split()) <= 2
