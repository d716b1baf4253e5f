"""Authorisations in the version that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

HEADER = "member_id | authorization_id | decision | hcpcs_code | delivery_number | file_number | source_row"


def row(number: int, decision: str, code: str = "", *, of: str = "ada | X1", delivery: int = 1, file: int = 1) -> str:
    """A delivered authorisation, by default of one member and identifier."""
    return f"{of} | {decision} | {code} | {delivery} | {file} | {number}"


@pytest.mark.parametrize(
    ("rows", "standing"),
    [
        ([row(1, "approved", "63650"), row(2, "pended", "63650")], ["2"]),
        ([row(1, "pended", "63650"), row(2, "approved", "63650")], ["2"]),
        ([row(1, "approved", "63650"), row(2, "pended", "63685")], ["1", "2"]),
        ([row(1, "approved"), row(2, "pended")], ["2"]),
        ([row(1, "approved", "63650"), row(2, "pended")], ["1", "2"]),
        ([row(1, "approved", "63650"), row(2, "approved", "63685"), row(3, "withdrawn")], ["3"]),
        ([row(1, "approved", "63650"), row(2, "denied")], ["2"]),
        ([row(1, "withdrawn"), row(2, "approved", "63650")], ["1", "2"]),
        ([row(1, "approved", "63650"), row(2, "approved", "63685"), row(3, "withdrawn", "63650")], ["2", "3"]),
        ([row(1, "approved", "63650"), row(2, "withdrawn"), row(3, "pended")], ["3"]),
        ([row(1, "approved", "63650", of="bea | X1"), row(2, "withdrawn")], ["1", "2"]),
        ([row(1, "approved", "63650", of="ada | X2"), row(2, "withdrawn")], ["1", "2"]),
        ([row(1, "pended", "63650", delivery=2), row(2, "approved", "63650")], ["1"]),
        ([row(1, "pended", "63650", file=2), row(2, "approved", "63650")], ["1"]),
        ([row(1, "withdrawn", delivery=2), row(2, "approved", "63650")], ["1"]),
    ],
)
def test_the_last_delivered_stands_and_a_withdrawal_without_code_takes_all_earlier_rows(
    model: RunModel, rows: list[str], standing: list[str]
) -> None:
    made = model("intermediate.final_authorization", {"staging.prior_authorization": "\n".join([HEADER, *rows])})

    assert made.column("source_row") == standing
