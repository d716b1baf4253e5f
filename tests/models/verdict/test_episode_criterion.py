"""The four criteria of an episode and their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def criteria(model: RunModel, *columns: str, **changes: object) -> tuple[str | None, ...]:
    """Columns of the criteria of E1, which meets all of them but for ``changes``."""
    facts: dict[str, object] = {
        "is_exercise_adequate": True,
        "adequate_group_count": 2,
        "is_medication_unknown": False,
        "span_days": 42,
        "documented_group_count": 2,
        "is_exercise_documented": True,
        "must_have_exercise": True,
        "enrollment_complete": True,
        "has_care_documentation": True,
    } | changes
    return model(
        "intermediate.episode_criterion",
        {
            "intermediate.episode_care": _one_row(
                facts,
                *("is_exercise_adequate", "adequate_group_count", "is_medication_unknown"),
                *("span_days", "documented_group_count", "is_exercise_documented"),
            ),
            "intermediate.episode_policy": _one_row(
                facts | {"min_groups": 2, "min_total_span_days": 42},
                *("must_have_exercise", "min_groups", "min_total_span_days"),
            ),
            "intermediate.episode_visibility": _one_row(facts, "enrollment_complete"),
            "staging.run": f"has_care_documentation\n{facts['has_care_documentation']}",
        },
    ).row(*columns)


def _one_row(facts: dict[str, object], *columns: str) -> str:
    return " | ".join(("episode_id", *columns)) + "\n" + " | ".join(("E1", *(str(facts[name]) for name in columns)))


def test_an_exercise_course_is_met_or_not_asked_and_cannot_be_told_where_enrolment_is_incomplete(
    model: RunModel,
) -> None:
    def course(**changes: object) -> str | None:
        return criteria(model, "exercise_course", **changes)[0]

    assert course() == "met"
    assert course(is_exercise_adequate=False) == "not_met"
    assert course(is_exercise_adequate=False, must_have_exercise=False) == "met"
    assert course(is_exercise_adequate=False, enrollment_complete=False) == "cannot_tell"
    assert course(enrollment_complete=False) == "met"


def test_enough_groups_cannot_be_told_where_drugs_could_be_the_one_that_lacks(model: RunModel) -> None:
    def groups(**changes: object) -> str | None:
        return criteria(model, "enough_groups", **changes)[0]

    assert groups() == "met"
    assert groups(adequate_group_count=1) == "not_met"
    assert groups(adequate_group_count=1, is_medication_unknown=True) == "cannot_tell"
    assert groups(adequate_group_count=0, is_medication_unknown=True) == "not_met"
    assert groups(adequate_group_count=0, enrollment_complete=False) == "cannot_tell"


def test_the_span_of_care_is_asked_in_days(model: RunModel) -> None:
    def span(**changes: object) -> str | None:
        return criteria(model, "care_span", **changes)[0]

    assert span() == "met"
    assert span(span_days=41) == "not_met"
    assert span(span_days=41, is_medication_unknown=True) == "cannot_tell"
    assert span(span_days=41, enrollment_complete=False) == "cannot_tell"


def test_failure_is_documented_by_statements_for_enough_groups_exercise_among_them(model: RunModel) -> None:
    def documented(**changes: object) -> str | None:
        return criteria(model, "failure_documented", **changes)[0]

    assert documented() == "met"
    assert documented(documented_group_count=1) == "not_met"
    assert documented(is_exercise_documented=False) == "not_met"
    assert documented(is_exercise_documented=False, must_have_exercise=False) == "met"
    assert documented(documented_group_count=1, has_care_documentation=False) == "cannot_tell"


def test_adequate_care_is_the_worst_of_the_first_three(model: RunModel) -> None:
    def care(**changes: object) -> str | None:
        return criteria(model, "adequate_care", **changes)[0]

    assert care(documented_group_count=0) == "met"
    assert care(span_days=0) == "not_met"
    assert care(adequate_group_count=0, span_days=0, is_medication_unknown=True) == "not_met"
    assert care(span_days=0, is_medication_unknown=True) == "cannot_tell"
    assert care(is_exercise_adequate=False, enrollment_complete=False) == "cannot_tell"
