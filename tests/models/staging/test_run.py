"""The facts of a run that the rule asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def facts_of(
    model: RunModel,
    *columns: str,
    months: str = "",
    assumed: bool = False,
    supplied: dict[str, bool] | None = None,
    spans: str = "",
) -> tuple[str | None, ...]:
    """Columns of the run of 2026-06-30 with the feeds supplied, the months of rows and the enrolment spans given."""
    feeds = "\n".join(f"{name} | {is_supplied}" for name, is_supplied in (supplied or {}).items())
    return model(
        "staging.run",
        {
            "landed.feed": f"table_name | is_supplied\nmedical_claim | true\n{feeds}",
            "landed.eligibility": f"member_id | has_pharmacy_benefit\n{spans}",
            "staging.feed_month": f"table_name | newest_date\n{months}",
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


def test_the_newest_line_is_that_of_the_newest_month_of_claims(model: RunModel) -> None:
    months = "medical_claim | 2026-05-31\nmedical_claim | 2026-06-30\npharmacy_claim | 2026-07-01"

    assert facts_of(model, "newest_line_start_date", months=months) == ("2026-06-30",)
    assert facts_of(model, "newest_line_start_date", months="pharmacy_claim | 2026-07-01") == (None,)


def test_a_drug_benefit_is_told_where_any_span_loaded_says_it(model: RunModel) -> None:
    for spans, is_told in (
        ("", "false"),
        ("ada |\nbea |", "false"),
        ("ada |\nbea | false", "true"),
        ("ada | 1", "true"),
    ):
        assert facts_of(model, "is_pharmacy_benefit_told", spans=spans) == (is_told,)
