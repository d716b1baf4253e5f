"""The product and the second opinion say the same of thousands of messy members, in every column.

The long sitting is ``python -m tests.second_opinion.sitting --members 20000``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.messy.clause_members import (
    CLAUSES,
    clause_members,
    members_of_empty_feeds,
    members_sent_again,
    payment_members,
    reach_members,
)
from tests.messy.edge_members import edge_members
from tests.messy.members import messy_members
from tests.second_opinion.reading import Intake
from tests.second_opinion.sitting import BY_LINE_OF_BUSINESS, CONFIGURATIONS, OTHER_NUMBERS, compare
from tests.support.product import (
    COMPARED,
    VALUE_SETS,
    Setup,
    audit_tables,
    differences,
    opinion_on,
    opinion_tables,
    product,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.rule.vocabulary import ParameterValue
    from tests.messy.text import Row
    from tests.support.product import Table

MEMBERS = 150
FIRST_SEED = 4100

HELD_BY_OTHERS = frozenset(
    {"defaults", "two deliveries", "policies by line of business", "one policy for all", "enrolment assumed"}
)
"""What another configuration asks along with more, so that the soak alone asks it by itself."""

FIRST_ASKED = frozenset({"claim ids of two members, many bad rows", "other numbers in each policy", "no eligibility"})

SETUPS: dict[str, tuple[Callable[[], dict[str, list[Row]]], Setup]] = {
    "E13 feeds of which no row was loaded": (members_of_empty_feeds, Setup()),
    "E13 enrolment assumed beside an empty feed": (members_of_empty_feeds, Setup(assume_enrolled=True)),
    "E15 claims sent again, by line": (members_sent_again, Setup()),
    "E15 claims sent again whole": (members_sent_again, Setup(intake=Intake(redelivered_claims="whole"))),
    "E16 full refresh": (
        members_sent_again,
        Setup(intake=Intake(full_deliveries={2: (date(2024, 1, 1), date(2024, 12, 31))})),
    ),
    "F amounts that nobody sent": (
        payment_members,
        Setup(intake=Intake(files_without_payments=frozenset({"medical_claim.csv"}))),
    ),
    "G1 reach found": (reach_members, Setup(parameters={"evidence_low_back_pain": {"reach_min_rows": 300}})),
    "G1 too few rows for a reach": (
        reach_members,
        Setup(parameters={"evidence_low_back_pain": {"reach_min_rows": 100_000}}),
    ),
    "G1 reach configured": (reach_members, Setup(reach={"medical_claim": (date(2022, 1, 1), None)})),
    "G1 reach configured and enrolment assumed": (
        lambda: {table: rows for table, rows in reach_members().items() if table != "eligibility"},
        Setup(assume_enrolled=True, reach={"medical_claim": (date(2022, 1, 1), date(2024, 4, 30))}),
    ),
}
"""Clauses that show in a whole run only, with how it is set up."""


@dataclass(frozen=True)
class Compared:
    """What both say of some extracts."""

    extracts: dict[str, list[Row]]
    mine: dict[str, Table]
    theirs: dict[str, Table]

    def text_of(self, members: str) -> str:
        """The differences on the members whose identifiers begin so; empty where there are none."""
        owners = {
            key[0]: str(row["member_id"])
            for tables in (self.mine, self.theirs)
            for key, row in tables["episode_review"].items()
        }
        found = [
            each for each in differences(self.mine, self.theirs) if owners.get(each.episode_id, "").startswith(members)
        ]
        return report(found, self.extracts, [self.mine, self.theirs], {})


def _compared(extracts: dict[str, list[Row]], folder: Path, told: Setup) -> Compared:
    mine = audit_tables(product(extracts, folder, told))
    return Compared(extracts, mine, opinion_tables(opinion_on(extracts, told)))


def how_long(name: str) -> list[pytest.MarkDecorator]:
    """Whether the soak alone asks the configuration, or only where the long tests run."""
    if name in HELD_BY_OTHERS:
        return [pytest.mark.soak]
    return [] if name in FIRST_ASKED else [pytest.mark.long]


@pytest.mark.parametrize("name", [pytest.param(name, marks=how_long(name)) for name in CONFIGURATIONS])
def test_the_product_says_of_every_messy_member_what_the_second_opinion_says(name: str, tmp_path: Path) -> None:
    seed = FIRST_SEED + list(CONFIGURATIONS).index(name)

    comparison = compare(seed, MEMBERS, CONFIGURATIONS[name], tmp_path)

    assert comparison.text == ""
    assert comparison.episode_count > MEMBERS / 2


@pytest.mark.parametrize("parameters", [{}, OTHER_NUMBERS], ids=["numbers as shipped", "other numbers"])
def test_the_two_agree_on_every_member_made_for_an_edge(
    parameters: dict[str, dict[str, ParameterValue]], tmp_path: Path
) -> None:
    extracts = edge_members()
    told = Setup(policy_by_line_of_business=BY_LINE_OF_BUSINESS, parameters=parameters)

    mine, theirs = audit_tables(product(extracts, tmp_path, told)), opinion_tables(opinion_on(extracts, told))

    found = differences(mine, theirs)
    assert report(found, extracts, [mine, theirs], {}) == ""


@pytest.fixture(scope="module")
def clauses_compared(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The members of all clauses, judged by both in one run."""
    return _compared(clause_members(), tmp_path_factory.mktemp("clauses"), Setup())


@pytest.mark.parametrize("clause", CLAUSES)
def test_the_two_agree_on_the_members_of_a_clause(clause: str, clauses_compared: Compared) -> None:
    assert clauses_compared.text_of(f"{clause}/") == ""


@pytest.mark.parametrize("name", SETUPS)
def test_the_two_agree_where_the_run_is_set_up_otherwise(name: str, tmp_path: Path) -> None:
    extracts, told = SETUPS[name]

    compared = _compared(extracts(), tmp_path, told)

    assert compared.theirs["episode_review"]
    assert compared.text_of("") == ""


def test_a_difference_in_any_table_is_seen_and_told_with_the_rows_of_its_member_alone(tmp_path: Path) -> None:
    extracts = messy_members(1, 20, value_sets=VALUE_SETS)
    mine = audit_tables(product(extracts, tmp_path))
    opinion = opinion_on(extracts)
    theirs = opinion_tables(opinion)
    assert differences(mine, theirs) == []

    for table in COMPARED:
        changed = {name: dict(rows) for name, rows in theirs.items()}
        key, row = next(iter(changed[table].items()))
        column = next(column for column in reversed(row) if column not in COMPARED[table])
        changed[table][key] = {**row, column: "changed"}
        assert [(each.table, each.key, each.column) for each in differences(mine, changed)] == [(table, key, column)]
        del changed[table][key]
        found = differences(mine, changed)
        assert [(each.table, each.key, each.column) for each in found] == [(table, key, "(row)")]

    told = report(found, extracts, [mine, theirs], {})
    member_id = theirs["episode_review"][(found[0].key[0],)]["member_id"]
    others = {row["member_id"] for row in extracts["eligibility"]} - {member_id}
    assert f"'member_id': '{member_id}'" in told
    assert not [other for other in others if f"'member_id': '{other}'" in told]


def test_a_replacement_whose_lines_name_two_originals_replaces_both(tmp_path: Path) -> None:
    def line(claim_id: str, number: str, code: str, **columns: str) -> Row:
        return {
            "claim_id": claim_id,
            "claim_line_number": number,
            "claim_type": "professional",
            "member_id": "ada",
            "claim_line_start_date": "2024-06-10",
            "hcpcs_code": code,
            "paid_amount": "100.00",
            **columns,
        }

    extracts: dict[str, list[Row]] = {
        "medical_claim": [
            line("A", "1", "63650"),
            line("B", "1", "63685"),
            line("C", "1", "63650", claim_frequency_code="7", original_claim_id="A", paid_amount="10.00"),
            line("C", "2", "63685", claim_frequency_code="7", original_claim_id="B", paid_amount="7.00"),
        ],
        "claim_diagnosis": [
            {"claim_id": claim_id, "diagnosis_rank": "1", "diagnosis_code": "M54.50"} for claim_id in "ABC"
        ],
    }

    mine = audit_tables(product(extracts, tmp_path))

    (review,) = mine["episode_review"].values()
    assert (review["claim_ids"], review["paid_amount"]) == (["C"], 17.0)
    assert differences(mine, opinion_tables(opinion_on(extracts))) == []
