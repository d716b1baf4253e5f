"""The measures of prior authorisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_blank_codes_and_approvals_are_counted(published: RunModel) -> None:
    made = published(
        "prior_authorization_measure",
        {
            "audit.delivered_prior_authorization": """
                authorization_id | hcpcs_code | decision
                -----------------+------------+-------------------
                A1               | 63650      | approved
                A2               |            | partially_approved
                A3               | 63650      | denied
                A4               | 63650      | pended
            """
        },
    )

    assert {measure: float(value or 0) for measure, value in made.rows("measure", "value")} == {
        "rows": 4,
        "blank_code_share": 0.25,
        "approved_share": 0.5,
    }
