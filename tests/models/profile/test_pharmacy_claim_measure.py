"""The measures of fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_supplies_states_and_drugs_are_counted_and_the_newest_month_is_a_busy_one(published: RunModel) -> None:
    made = published(
        "pharmacy_claim_measure",
        {
            "audit.delivered_pharmacy_claim": """
                dispensing_date | days_supply | claim_status | ndc_code
                ----------------+-------------+--------------+------------
                1900-02-01      | 0           | denied       | 00093101242
                1900-02-05      | 30          | paid         | 00093101242
                1900-02-06      | 120         | paid         |
                1900-02-07      | 1           | paid         | 00093101242
            """
        },
    )

    assert {measure: float(value or 0) for measure, value in made.rows("measure", "value")} == {
        "fills": 4,
        "short_supply_share": 0.5,
        "days_supply_typical": 121 / 4,
        "denied_share": 0.25,
        "unnamed_drug_share": 0.25,
        "newest_month": 1,
    }
