"""The whole test-suite that a target begins with."""

from conducto_listing import Listing

from conducto.testing import check_target


def test_listing() -> None:
    check_target(Listing())
