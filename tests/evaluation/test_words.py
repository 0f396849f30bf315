import re

from hypothesis import given
from hypothesis import strategies as st

from palier.evaluation.words import percent


@given(st.floats(0, 1), st.integers(0, 2))
def test_only_all_is_a_hundred_and_only_nothing_is_zero(value: float, digits: int) -> None:
    text = percent(value, digits)
    number = float(re.fullmatch(r"([\d.]+) %", text).group(1))  # type: ignore[union-attr]
    assert abs(number - 100 * value) <= 0.5 * 10**-digits + 1e-9
    if 1e-6 < value < 1 - 1e-6:
        assert number not in {0.0, 100.0}
