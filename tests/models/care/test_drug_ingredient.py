"""Drug codes of the crosswalk in a comparable form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_drug_codes_are_padded_to_eleven_digits_other_codes_stand(model: RunModel) -> None:
    made = model(
        "intermediate.drug_ingredient",
        {
            "staging.drug_crosswalk": """
                from_system | from_code     | rxnorm_ingredient
                ------------+---------------+------------------
                ndc         | 0093-0150-01  | 5640
                ndc         | 00093015001   | 5640
                ndc         | 50090-151-01  | 5640
                ndc         | 50090-0152-1  | 5640
                ndc         | 0093015001    | 5640
                ndc         |               | 5640
                ndc         | 00093015003   |
                rxnorm      | 310965        | 5640
            """
        },
    )

    assert made.rows("from_system", "comparable_code", "rxnorm_ingredient") == [
        ("ndc", "00093015001", "5640"),
        ("ndc", "50090015101", "5640"),
        ("ndc", "50090015201", "5640"),
        ("rxnorm", "310965", "5640"),
    ]
