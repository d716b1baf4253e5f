"""Figures and samples: counted by hand, hidden when few, drawn again from the seed."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.ground.errors import UsageError
from pipelines.ground.formats import PUBLISHED
from pipelines.ground.published_file import open_published
from pipelines.review.case_review import CASE_REVIEW_SCHEMA
from pipelines.review.decisions import DECISION_SCHEMA
from pipelines.review.metrics import Share, metrics, published_metrics, wilson_interval
from pipelines.review.sample import Sample, Sampled, draw_sample, keep_sample, read_samples
from tests.support.review_in_small import (
    FIRST_RUN,
    FLAG_ERROR,
    SUPPORTED,
    case_rows,
    publish_first_night,
    take_in,
    write_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.review.metrics import Metrics

AS_OF = date(2026, 6, 30)
FLAGGED_ON = date(2026, 6, 1)


def decided(case: int, decision: str, *, kind: str = "review", **changes: Any) -> dict[str, Any]:
    return (
        dict.fromkeys(DECISION_SCHEMA)
        | {
            "decision_id": f"D{case}-{kind}-{decision}",
            "decision_kind": kind,
            "case_id": f"case {case}",
            "episode_id": f"episode {case}",
            "review_outcome": decision,
            "reviewer": "Ann Analyst",
            "decided_on": FLAGGED_ON + timedelta(days=10),
            "first_flagged_date": FLAGGED_ON,
            "outcome": "flagged",
            "policy_id": "evidence_low_back_pain",
            "policy_version": "1.0.0",
        }
        | changes
    )


def figures(
    decisions: Sequence[dict[str, Any]],
    cases: Sequence[dict[str, Any]] = (),
    samples: Sequence[Sample] = (),
    since: date | None = None,
) -> Metrics:
    return metrics(
        pl.DataFrame(decisions, schema=dict(DECISION_SCHEMA), orient="row"),
        pl.DataFrame([dict.fromkeys(CASE_REVIEW_SCHEMA) | case for case in cases], schema=dict(CASE_REVIEW_SCHEMA)),
        run_id=FIRST_RUN,
        as_of=AS_OF,
        samples=samples,
        since=since,
    )


def many(*outcomes: tuple[str, int], start: int = 0, **changes: Any) -> list[dict[str, Any]]:
    words = [outcome for outcome, count in outcomes for _ in range(count)]
    return [decided(start + number, outcome, **changes) for number, outcome in enumerate(words)]


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # As SciPy 1.17 gives them: binomtest(hits, n).proportion_ci(method="wilson").
        (0, 10, 0.0, 0.27753),
        (10, 10, 0.72247, 1.0),
        (38, 96, 0.30383, 0.49585),
        (77, 148, 0.44029, 0.59922),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_that_of_wilson(hits: int, n: int, low: float, high: float) -> None:
    found = wilson_interval(hits, n)

    assert found == pytest.approx((low, high), abs=1e-5)


def test_the_ends_of_the_interval_are_where_the_score_test_just_does_not_refuse() -> None:
    for end in wilson_interval(77, 148):
        assert abs(77 / 148 - end) / math.sqrt(end * (1 - end) / 148) == pytest.approx(1.959964, abs=1e-5)


def test_precision_leaves_no_response_and_out_of_scope_aside() -> None:
    [version] = figures(
        many(
            ("FINDING_SUPPORTED", 20),
            ("FINDING_NOT_SUPPORTED", 12),
            ("FLAG_ERROR", 8),
            ("NO_RESPONSE", 5),
            ("OUT_OF_SCOPE", 3),
        )
    ).versions

    assert (version.closed, version.no_response, version.out_of_scope) == (48, 5, 3)
    assert (version.precision.hits, version.precision.n) == (20, 40)
    assert version.precision.text() == "50% [35-65], n=40"


@pytest.mark.parametrize(("n", "is_shown"), [(29, False), (30, True)])
def test_a_share_of_fewer_than_thirty_is_hidden_with_its_interval(n: int, is_shown: bool) -> None:
    found = figures(many(("FINDING_SUPPORTED", n)))

    [version] = found.as_json()["versions"]
    assert (version["precision"]["share"] is not None) == is_shown
    assert (version["precision"]["low"] is not None) == is_shown
    assert version["precision"]["n"] == n
    assert ("hidden" not in found.lines()[2]) == is_shown


def test_each_policy_version_has_its_own_figures() -> None:
    found = figures([
        *many(("FINDING_SUPPORTED", 2)),
        *many(("FLAG_ERROR", 3), start=10, policy_version="1.1.0"),
    ])  # fmt: skip

    assert [(v.policy_version, v.supported, v.flag_error) for v in found.versions] == [("1.0.0", 2, 0), ("1.1.0", 0, 3)]


def test_a_case_counts_once_with_the_outcome_in_force() -> None:
    found = figures([decided(1, "FLAG_ERROR"), decided(1, "FINDING_SUPPORTED"), decided(2, "FLAG_ERROR"),
                     decided(2, "REOPENED")])  # fmt: skip

    [version] = found.versions
    assert (version.closed, version.supported, version.flag_error) == (1, 1, 0)


def test_overturned_appeals_are_counted_and_taken_off_the_precision_after_appeal() -> None:
    decisions = many(("FINDING_SUPPORTED", 40))
    decisions += many(("OVERTURNED", 3), ("UPHELD", 6), ("PARTIAL", 1), kind="appeal")

    [version] = figures(decisions).versions

    assert (version.upheld, version.overturned, version.partial) == (6, 3, 1)
    assert (version.overturn_rate.hits, version.overturn_rate.n) == (3, 10)
    assert (version.precision.hits, version.precision_after_appeal.hits) == (40, 37)


def test_days_to_close_run_from_the_first_flag_to_the_outcome_and_the_middle_is_told() -> None:
    days = [1, 5, 30]
    decisions = [
        decided(case, "FLAG_ERROR", decided_on=FLAGGED_ON + timedelta(days=day)) for case, day in enumerate(days)
    ]

    [version] = figures(decisions).versions

    assert version.median_days_to_close == 5


def test_since_leaves_out_outcomes_of_the_day_before_and_keeps_those_of_the_day() -> None:
    decisions = [decided(1, "FLAG_ERROR"), decided(2, "FLAG_ERROR", decided_on=FLAGGED_ON + timedelta(days=9))]

    [version] = figures(decisions, since=FLAGGED_ON + timedelta(days=10)).versions

    assert version.closed == 1


def test_waiting_cases_are_counted_by_age_and_decided_ones_are_not() -> None:
    ages = [0, 30, 31, 60, 61, 90, 91, 400]
    cases = [{"case_status": "open", "is_flagged": True, "age_days": age} for age in ages]
    cases.append({"case_status": "decided", "is_flagged": True, "age_days": 5})
    cases.append({"case_status": "returned", "is_flagged": True, "age_days": 10})

    found = figures([], cases)

    assert found.age_counts == {"0-30": 3, "31-60": 2, "61-90": 2, "91+": 2}
    assert found.status_counts == {"new": 0, "open": 8, "decided": 1, "returned": 1}
    assert found.median_age_days == 60


def test_second_reviews_random_flags_and_unflagged_implants_have_figures_of_their_own() -> None:
    decisions = [
        *many(("FINDING_SUPPORTED", 3), ("FLAG_ERROR", 1)),
        decided(0, "AGREED", kind="second_review"),
        decided(1, "NOT_AGREED", kind="second_review"),
        decided(9, "FINDING_SUPPORTED", outcome="excluded"),
    ]
    sample = Sample(
        FIRST_RUN,
        7,
        (),
        (
            Sampled("lower_ranked_flag", "case 0", "episode 0"),
            Sampled("lower_ranked_flag", "case 3", "episode 3"),
            Sampled("not_flagged", "case 9", "episode 9"),
        ),
    )

    found = figures(decisions, samples=[sample])

    assert found.second_review_agreement == Share(1, 2)
    assert found.random_flags == Share(1, 2)
    assert found.unflagged_supported == Share(1, 1)
    assert found.versions[0].closed == 4


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_first_night(tmp_path_factory.mktemp("night"))


def crowded(folder: Path, *, flagged: int, unflagged: int) -> Path:
    """A published audit with many episodes, made of the columns that samples read."""
    from pipelines.ground.warehouse import open_warehouse

    folder.mkdir(parents=True)
    with open_warehouse(folder / "stimaudit.duckdb") as connection:
        connection.execute("create schema audit")
        connection.execute(
            f"create table audit.run as select 'R1' as run_id, {PUBLISHED} as format_version, "
            "date '2026-06-30' as as_of_date"
        )
        connection.execute(
            "create table audit.episode_review as select 'E' || number as episode_id, 'C' || number as case_id, "
            f"'M' || number as member_id, 'x' as line_of_business, if(number < {flagged}, 'flagged', 'documented') as "
            "outcome, 'x' as outcome_reason, ['x'] as exclusion_reasons, 'x' as diagnosis_class, date '2026-01-01' as "
            "anchor_date, date '2026-01-01' as last_event_date, 'x' as episode_kind, 'initial' as event_stage, "
            "'R1' as run_id, ['x'] as billed_diagnoses, ['x'] as index_codes, ['x'] as claim_ids, "
            "'post_pay' as payment_stage, 1.00::decimal(18, 2) as paid_amount, "
            "1.00::decimal(18, 2) as allowed_amount, 365 as enrolled_days, true "
            "as enrollment_complete, true as drugs_visible, 'approved' as prior_authorization_state, ['x'] as notes, "
            "(100 - number / 10)::decimal(4, 1) as priority_score, 'p' as policy_id, '1' as policy_version "
            f"from range({flagged + unflagged}) as episode (number)"
        )
        connection.execute("create table audit.run_history as select 1 as run_number, date '2026-06-30' as as_of_date")
        connection.execute(
            "create table audit.case_version (case_id varchar, episode_id varchar, from_run_number integer, "
            "to_run_number integer, is_in_audit boolean, outcome varchar)"
        )
        for table, columns in {
            "criterion_result": "criterion, result, observed_value, threshold_value, unit",
            "care_ledger": "care_group, modality, service_date, claim_id, claim_line_number, code_system, code, "
            "counts, counts_reason, quantity, source_table",
            "statement": "document_id, modality, care_group, documented_outcome, document_date, start_date, end_date, "
            "visit_count, author_role, source_type, source_reference, statement_state, missing",
            "history_fact": "fact, fact_date, claim_id, code_system, code",
        }.items():
            names = ("episode_id", *map(str.strip, columns.split(",")))
            defined = ", ".join(f"{name} {'date' if name == 'fact_date' else 'varchar'}" for name in names)
            connection.execute(f"create table audit.{table} ({defined})")
    return folder


def close(published: Path, store: Path, file: Path, reviewer: str, numbers: range) -> None:
    rows = case_rows(published)
    row = FLAG_ERROR | {"reviewer": reviewer}
    report = take_in(write_rows(file, *(rows[f"M{number}"] | row for number in numbers)), published, store)
    assert not report.has_refusals


def drawn(published: Path, store: Path, seed: int, **changes: Any) -> Sample:
    with open_published(published) as connection:
        return draw_sample(connection, store, seed=seed, **changes)


def test_a_tenth_of_each_reviewers_closed_cases_is_drawn_rounded_up(tmp_path: Path) -> None:
    published, store = crowded(tmp_path / "published", flagged=200, unflagged=40), tmp_path / "decisions"
    close(published, store, tmp_path / "ann.csv", "Ann Analyst", range(30))
    close(published, store, tmp_path / "ben.csv", "Ben Analyst", range(30, 61))
    close(published, store, tmp_path / "cy.csv", "Cy Analyst", range(61, 62))

    sample = drawn(published, store, 7)

    assert [(s.stratum, s.reviewer, s.population, s.drawn) for s in sample.strata] == [
        ("second_level", "Ann Analyst", 30, 3),
        ("second_level", "Ben Analyst", 31, 4),
        ("second_level", "Cy Analyst", 1, 1),
        ("lower_ranked_flag", None, 100, 5),
        ("not_flagged", None, 40, 10),
    ]
    assert Counter(case.stratum for case in sample.cases) == {
        "second_level": 8,
        "lower_ranked_flag": 5,
        "not_flagged": 10,
    }
    lower = {f"C{number}" for number in range(100, 200)}
    assert {case.case_id for case in sample.cases if case.stratum == "lower_ranked_flag"} <= lower
    of_ann = {case.case_id for case in sample.cases if case.reviewer == "Ann Analyst"}
    assert of_ann <= {f"C{number}" for number in range(30)}
    assert len(sample.lines()) == 1 + len(sample.strata) + len(sample.cases)


def test_the_same_seed_and_run_draw_the_same_sample_and_another_seed_another(tmp_path: Path) -> None:
    published, store = crowded(tmp_path / "published", flagged=200, unflagged=40), tmp_path / "decisions"

    assert drawn(published, store, 7) == drawn(published, store, 7)
    assert drawn(published, store, 7).cases != drawn(published, store, 8).cases


def test_over_many_seeds_every_case_comes_up_about_as_often(tmp_path: Path) -> None:
    published, store = crowded(tmp_path / "published", flagged=40, unflagged=0), tmp_path / "decisions"

    counts = Counter(
        case.case_id for seed in range(24) for case in drawn(published, store, seed, lower_ranked_share=0.5).cases
    )

    # 20 cases, each with an even chance 24 times.
    assert len(counts) == 20
    assert all(4 <= count <= 20 for count in counts.values())


def test_decided_flags_are_not_drawn_again(tmp_path: Path) -> None:
    published, store = crowded(tmp_path / "published", flagged=10, unflagged=0), tmp_path / "decisions"
    close(published, store, tmp_path / "ann.csv", "Ann Analyst", range(5, 9))

    lower = drawn(published, store, 7, lower_ranked_share=1.0)

    assert [case.case_id for case in lower.cases if case.stratum == "lower_ranked_flag"] == ["C9"]


def test_a_kept_sample_is_read_again_and_kept_once(published: Path, tmp_path: Path) -> None:
    sample = drawn(published, tmp_path, 7)

    assert keep_sample(sample, tmp_path) == keep_sample(sample, tmp_path)
    assert read_samples(tmp_path) == (sample,)


@pytest.mark.parametrize("wrong", [{"qa_share": 1.1}, {"lower_ranked_share": -0.1}, {"unflagged_count": -1}])
def test_shares_that_are_none_are_refused(wrong: dict[str, Any], published: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        drawn(published, tmp_path, 7, **wrong)


def test_the_figures_of_a_published_run_hold_no_member_value(published: Path, tmp_path: Path) -> None:
    store, rows = tmp_path / "decisions", case_rows(published)
    take_in(write_rows(tmp_path / "back.csv", rows["ada"] | SUPPORTED), published, store)

    with open_published(published) as connection:
        found = published_metrics(connection, store)

    text = f"{found.lines()}{found.as_json()}"
    assert (found.versions[0].supported, found.status_counts["decided"], found.status_counts["new"]) == (1, 1, 1)
    assert found.versions[0].median_days_to_close == 1
    assert "ada" not in text
    assert rows["ada"]["case_id"] not in text
