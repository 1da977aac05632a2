"""Times and amounts as targets count them; a time is held against a sum that is worked out part by part."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import quantities

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
NUMBERS = st.one_of(
    st.integers(0, 10_000).map(str),
    st.decimals(0, 10_000, places=3, allow_nan=False, allow_infinity=False).map(str),
)


@given(st.dictionaries(st.sampled_from("dhms"), NUMBERS, min_size=1))
def test_a_duration_is_the_sum_of_its_parts(parts: dict[str, str]) -> None:
    text = "".join(f"{parts[unit]}{unit}" for unit in UNITS if unit in parts)
    wanted = sum(Decimal(number) * UNITS[unit] for unit, number in parts.items())
    assert quantities.seconds(text) == Fraction(wanted)
    if 0 < wanted <= 1_000_000_000:
        kept = co.Serial(max_time=text).max_time
        assert kept is not None
        assert kept - 1 < wanted <= kept


@given(st.text("0123456789.dhms -+e", max_size=8))
def test_another_text_is_no_duration(text: str) -> None:
    found = quantities.seconds(text)
    rest = text
    for unit in "dhms":  # what a part is, read from the front
        number, there, behind = rest.partition(unit)
        if there:
            whole, point, fraction = number.partition(".")
            good = whole.isdigit() and (not point or fraction.isdigit())
            rest = behind if good else "?"
    assert (found is not None) == (text != "" and rest == "")


@pytest.mark.parametrize(
    "text", ["", "5", "s", "5S", "1m1h", "1s1s", "1h ", "\n1h", "1h\n", "٣s", "1.h", "9" * 100 + "s"]
)
def test_what_is_no_duration(text: str) -> None:
    assert quantities.seconds(text) is None


def test_amounts() -> None:
    assert [quantities.mebibytes(mem) for mem in (1, 0.5, 0.0001)] == [1024, 512, 1]
    assert [quantities.millicores(cpu) for cpu in (1, 0.25, 0.0001)] == [1000, 250, 1]
    assert [quantities.cpu_shares(cpu) for cpu in (1, 0.5, 1e-6, 1e6)] == [1024, 512, 2, 262_144]
