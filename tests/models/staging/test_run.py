"""The facts of a run that the rule asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def facts_of(
    model: RunModel, *columns: str, lines: str = "", assumed: bool = False, supplied: dict[str, bool] | None = None
) -> tuple[str | None, ...]:
    """Columns of the run of 2026-06-30 with the feeds supplied and the lines given."""
    feeds = "\n".join(f"{name} | {is_supplied}" for name, is_supplied in (supplied or {}).items())
    return model(
        "staging.run",
        {
            "landed.feed": f"table_name | is_supplied\nmedical_claim | true\n{feeds}",
            "landed.medical_claim": f"claim_line_start_date | claim_id\n{lines}",
            "run_facts.run_given": f"as_of_date | assume_enrolled\n2026-06-30 | {assumed}",
        },
    ).row(*columns)


def test_a_feed_is_there_when_it_was_supplied(model: RunModel) -> None:
    for name in ("eligibility", "pharmacy_claim", "prior_authorization", "care_documentation"):
        assert facts_of(model, f"has_{name}", supplied={name: True}) == ("true",)
        assert facts_of(model, f"has_{name}", supplied={name: False}) == ("false",)


def test_enrolment_is_assumed_only_where_it_was_asked_for_and_nothing_says_it(model: RunModel) -> None:
    assert facts_of(model, "is_enrollment_assumed", assumed=True, supplied={"eligibility": False}) == ("true",)
    assert facts_of(model, "is_enrollment_assumed", assumed=True, supplied={"eligibility": True}) == ("false",)
    assert facts_of(model, "is_enrollment_assumed", assumed=False, supplied={"eligibility": False}) == ("false",)


def test_the_newest_line_is_the_last_that_does_not_start_after_the_run_date(model: RunModel) -> None:
    lines = "2026-06-29 | A1\n2026-06-30 | A2\n2026-07-01 | A3"

    assert facts_of(model, "newest_line_start_date", lines=lines) == ("2026-06-30",)
    assert facts_of(model, "newest_line_start_date", lines="2026-07-01 | A3") == (None,)
