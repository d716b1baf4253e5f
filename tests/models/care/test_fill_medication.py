"""The row of the value set that decides for a fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


DRUGS = """
    match_system      | code_system       | code      | label           | drug_class | counts | effective_start | effective_end
    ------------------+-------------------+-----------+-----------------+------------+--------+-----------------+--------------
    rxnorm-ingredient | rxnorm-ingredient | 5640      | ibuprofen       | nsaid      | yes    | 2025-01-01      | 2025-12-31
    rxnorm-ingredient | rxnorm-ingredient | 7804      | oxycodone       | opioid     | no     | 2025-01-01      | 2025-12-31
    ndc-9             | ndc-9             | 000930150 | tramadol        | opioid     | yes    | 2025-01-01      | 2025-12-31
    atc-prefix        | atc-prefix        | M01       | anti-infl.      | nsaid      | yes    | 2025-01-01      | 2025-12-31
    atc-prefix        | atc-prefix        | M01AE     | propionic acids | nsaid      | no     | 2025-01-01      | 2025-12-31
"""
FORMS = """
    word
    -----
    patch
    gel
"""


def matched(model: RunModel, fills: str, ingredients: str = "") -> list[tuple[str | None, ...]]:
    """Row, code, class and whether it counts, of each fill that matched."""
    made = model(
        "intermediate.fill_medication",
        {
            "intermediate.fill": fills,
            "intermediate.drug_ingredient": ingredients,
            "value_sets.medications": DRUGS,
            "value_sets.non_oral_forms": FORMS,
        },
    )
    return made.rows("source_row", "code", "drug_class", "counts")


def test_the_first_way_that_finds_a_row_decides(model: RunModel) -> None:
    ingredients = """
        from_system | comparable_code | rxnorm_ingredient
        ------------+-----------------+------------------
        rxnorm      | 310965          | 5640
        ndc         | 11111222233     | 5640
        ndc         | 310966          | 5640
        rxnorm      | 99999222233     | 5640
    """

    assert matched(
        model,
        """
        delivery_number | file_number | source_row | dispensing_date | rxnorm_code | ndc_digits  | atc_code | generic_name
        ----------------+-------------+------------+-----------------+-------------+-------------+----------+-------------
        1               | 1           | 1          | 2025-06-01      | 5640        | 00093015001 | M01AE01  | oxycodone
        1               | 1           | 2          | 2025-06-01      | 310965      | 00093015001 |          |
        1               | 1           | 3          | 2025-06-01      |             | 00093015001 | M01AE01  | oxycodone
        1               | 1           | 4          | 2025-06-01      |             | 11111222233 |          |
        1               | 1           | 5          | 2025-06-01      |             |             | M01AE01  | ibuprofen
        1               | 1           | 6          | 2025-06-01      |             |             | M01C     | ibuprofen
        1               | 1           | 7          | 2025-06-01      |             |             |          | Ibuprofen 400 mg
        1               | 1           | 8          | 2025-06-01      | 310966      | 99999222233 | N02      | paracetamol
        """,
        ingredients,
    ) == [
        ("1", "5640", "nsaid", "yes"),
        ("2", "5640", "nsaid", "yes"),
        ("3", "000930150", "opioid", "yes"),
        ("4", "5640", "nsaid", "yes"),
        ("5", "M01AE", "nsaid", "no"),
        ("6", "M01", "nsaid", "yes"),
        ("7", "5640", "nsaid", "yes"),
    ]


def test_a_row_matches_from_its_first_to_its_last_day_whichever_way_it_is_found(model: RunModel) -> None:
    days = {"1": "2024-12-31", "2": "2025-01-01", "3": "2025-12-31", "4": "2026-01-01"}
    ways = {"rxnorm_code": "5640", "ndc_digits": "00093015001", "atc_code": "M01", "generic_name": "ibuprofen"}

    for column, code in ways.items():
        rows = "\n".join(f"1 | 1 | {row} | {day} | {code}" for row, day in days.items())
        found = matched(model, f"delivery_number | file_number | source_row | dispensing_date | {column}\n{rows}")

        assert [row[0] for row in found] == ["2", "3"], column


def test_a_name_is_searched_for_whole_words_and_of_two_drugs_the_one_that_does_not_count_decides(
    model: RunModel,
) -> None:
    assert matched(
        model,
        """
        delivery_number | file_number | source_row | dispensing_date | generic_name
        ----------------+-------------+------------+-----------------+--------------------
        1               | 1           | 1          | 2025-06-01      | ibuprofen/oxycodone
        1               | 1           | 2          | 2025-06-01      | dexibuprofen
        1               | 1           | 3          | 2025-06-01      | IBUPROFEN-sodium
        1               | 1           | 4          | 2025-06-01      | (ibuprofen)
        """,
    ) == [("1", "7804", "opioid", "no"), ("3", "5640", "nsaid", "yes"), ("4", "5640", "nsaid", "yes")]


def test_a_name_that_holds_the_word_of_a_form_is_no_oral_course(model: RunModel) -> None:
    made = model(
        "intermediate.fill_medication",
        {
            "intermediate.fill": """
                delivery_number | file_number | source_row | dispensing_date | rxnorm_code | generic_name
                ----------------+-------------+------------+-----------------+-------------+-------------------
                1               | 1           | 1          | 2025-06-01      | 5640        | Ibuprofen GEL 5 %
                1               | 1           | 2          | 2025-06-01      | 5640        | ibuprofen/patch
                1               | 1           | 3          | 2025-06-01      | 5640        | ibuprofen gel-caps
                1               | 1           | 4          | 2025-06-01      | 5640        |
            """,
            "intermediate.drug_ingredient": "",
            "value_sets.medications": DRUGS,
            "value_sets.non_oral_forms": FORMS,
        },
    )

    assert made.rows("source_row", "is_not_oral") == [("1", "true"), ("2", "true"), ("3", "false"), ("4", "false")]
