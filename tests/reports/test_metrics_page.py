"""The page of review figures: useful before anybody decided, telling after, and never a small number."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.reports.metrics_page import (
    VersionLine,
    best_known,
    chart_point,
    check_lines,
    provider_figures,
    shown_ages,
    shown_share,
    version_lines,
)
from pipelines.reports.report import report
from pipelines.reports.suppression import may_show
from pipelines.review.decisions import read_decisions
from pipelines.review.metrics import Metrics, Share, VersionFigures, wilson_interval
from tests.reports.test_pages import NEVER_SAID, said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.reports.conftest import Report


def version(**counts: int) -> VersionFigures:
    given: dict[str, Any] = dict.fromkeys(
        ("supported", "not_supported", "flag_error", "no_response", "out_of_scope", "upheld", "overturned", "partial"),
        0,
    )
    given |= counts
    return VersionFigures("rule", "1.0.0", closed=sum(given.values()), median_days_to_close=9, **given)


NOTHING = Share(0, 0)


def shown_versions(*versions: VersionFigures, flagged_count: int = 1000) -> list[VersionLine]:
    return version_lines(figures(*versions), flagged_count=flagged_count)


def figures(*versions: VersionFigures, ages: Iterable[int] = (), random_flags: Share = NOTHING) -> Metrics:
    return Metrics(
        run_id="R1",
        as_of=date(2026, 6, 30),
        since=None,
        versions=versions,
        random_flags=random_flags,
        unflagged_supported=NOTHING,
        second_review_agreement=NOTHING,
        status_counts={},
        age_counts=dict(zip(("0-30", "31-60", "61-90", "91+"), ages, strict=False)),
        median_age_days=None,
    )


def test_before_anybody_decided_the_page_says_so_and_how_decisions_come_in(sample: Report) -> None:
    text = " ".join(said(sample.text("metrics.html")).split())

    assert "Nobody has decided a case yet" in text
    assert "stimaudit decision import FILE --dry-run" in text
    assert "stimaudit report" in text
    assert "50" in text.split("Where the flagged cases stand")[1].split("How long cases wait")[0]
    assert "<svg" not in sample.text("metrics.html").split("Where the flagged cases stand")[0]


def test_after_an_import_the_page_shows_precision_with_n_and_its_interval(decided: Report) -> None:
    source = decided.text("metrics.html")
    low, high = wilson_interval(15, 33)
    chart = source.split("<svg")[1].split("</svg>")[0]

    assert f'<strong>45%</strong> <span class="tight">[{100 * low:.0f} to {100 * high:.0f} %]</span>' in source
    assert "evidence_low_back_pain 1.0.0: 45%" in chart
    assert "n=40" in chart, "33, rounded up"
    assert "without any rule" in chart
    assert "Nobody has decided" not in source
    assert "Decisions recorded up to 2026-07-02 09:30 UTC" in source


def test_no_response_stands_apart_and_is_not_in_the_precision(decided: Report) -> None:
    row = decided.text("metrics.html").split('id="version-table"')[1].split("<tbody>")[1].split("</tr>")[0]

    assert re.findall(r"<td.*?</td>", row)[1] == '<td class="num">40</td>', "33, rounded up"
    assert "10 or fewer" in re.findall(r"<td.*?</td>", row)[6]


def test_the_summary_has_the_precision_too(decided: Report, sample: Report) -> None:
    assert "45%<span" in decided.text("summary.html")
    assert "hidden until 30 flags of a policy version are judged" in sample.text("summary.html")


def test_the_page_names_nobody_shows_no_small_count_and_says_no_forbidden_word(decided: Report) -> None:
    source = decided.text("metrics.html")
    with open_published(decided.published) as connection:
        names = connection.execute(
            "select member_id from episode_review union select case_id from episode_review "
            "union select episode_id from episode_review union select unnest(claim_ids) from episode_review "
            "union select billing_npi from timeline_event union select rendering_npi from timeline_event"
        ).fetchall()
    people = {
        name for (name,) in read_decisions(decided.published.with_name("decisions")).select("reviewer").iter_rows()
    }
    tables = re.findall(r'<table(?! id="version-table").*?</table>', source, re.DOTALL)
    cells = [cell for table in tables for cell in re.findall(r'<td class="num">([\d,]+)</td>', table)]

    assert [name for name in [*(name for (name,) in names if name), *people] if name in said(source)] == []
    assert cells
    assert all(may_show(int(cell.replace(",", ""))) for cell in cells)
    assert NEVER_SAID.search(said(source)) is None


def test_the_page_of_the_same_audit_and_decisions_is_the_same_bytes(decided: Report) -> None:
    before = decided.text("metrics.html")

    report(decided.published.parent)

    assert decided.text("metrics.html") == before


def test_the_decided_cases_show_as_such_on_the_worklist(decided: Report) -> None:
    flagged = decided.text("worklist.html").split('id="flagged-table"')[1].split("</table>")[0]

    assert (flagged.count("<td>Decided</td>"), flagged.count("<td>Open</td>")) == (35, 11)


@pytest.mark.parametrize(("n", "is_shown"), [(29, False), (30, True)])
def test_a_share_is_hidden_below_thirty_and_words_say_so(n: int, is_shown: bool) -> None:
    shown = shown_share(Share(n, n))

    assert shown.is_shown == is_shown
    assert ("fewer than 30" in shown.percent) != is_shown


@pytest.mark.parametrize(
    ("hits", "n", "is_shown"),
    [(0, 40, True), (1, 40, False), (10, 40, False), (11, 40, True), (29, 40, True), (30, 40, False), (40, 40, True)],
)
def test_a_share_with_one_to_ten_on_a_side_is_not_shown(hits: int, n: int, is_shown: bool) -> None:
    assert shown_share(Share(hits, n)).is_shown == is_shown


def test_a_count_of_decisions_of_one_to_ten_is_not_told_either() -> None:
    assert [shown_share(Share(1, n)).n for n in (0, 1, 10, 11)] == ["0", "10 or fewer", "10 or fewer", "20"]


def test_precision_after_appeal_is_hidden_where_it_would_count_a_few_overturned() -> None:
    few, many = shown_versions(
        version(supported=60, not_supported=40, upheld=30, overturned=3),
        version(supported=60, not_supported=40, upheld=30, overturned=12),
    )

    assert (few.precision.percent, few.after_appeal.is_shown) == ("60%", False)
    assert (many.precision.percent, many.after_appeal.percent) == ("60%", "48%")


def test_not_supported_and_flag_errors_are_told_apart_only_where_both_may_be() -> None:
    one, other = shown_versions(
        version(supported=20, not_supported=17, flag_error=3), version(supported=20, not_supported=17)
    )

    assert (one.supported, one.not_supported, one.flag_error) == ("20", "not shown", "not shown")
    assert (other.supported, other.not_supported, other.flag_error) == ("20", "20", "0")


@pytest.mark.parametrize(("flagged_count", "is_shown"), [(60, True), (61, False), (70, False), (71, True), (50, True)])
def test_no_precision_is_shown_where_it_would_tell_that_only_a_few_flags_are_not_judged(
    flagged_count: int, is_shown: bool
) -> None:
    lines = shown_versions(
        version(supported=20, flag_error=20), version(supported=10, flag_error=10), flagged_count=flagged_count
    )

    assert [line.precision.is_shown for line in lines] == [is_shown, False]
    assert [line.precision.n for line in lines] == (["40", "20"] if is_shown else ["not shown", "not shown"])


def test_second_reviews_are_hidden_where_they_are_nearly_all_reviews() -> None:
    def is_shown(n: int) -> bool:
        whole = replace(figures(version(supported=30, flag_error=30)), second_review_agreement=Share(n - 20, n))
        return check_lines(whole)[2].share.is_shown

    assert (is_shown(40), is_shown(55), is_shown(60)) == (True, False, True)


def test_statuses_and_ages_are_rounded_up_to_tens(decided: Report) -> None:
    source = decided.text("metrics.html")
    cells = re.findall(r'<td class="num">([\d,]+)</td>', source.split('id="statuses"')[1].split("What it asks")[0])

    # 11 are new and wait, 35 are decided.
    assert cells == ["20", "40", "20"]


def test_a_sample_is_hidden_where_it_is_nearly_all_there_is() -> None:
    whole = version(supported=30, not_supported=30)

    def chance(hits: int, n: int) -> bool:
        return check_lines(figures(whole, random_flags=Share(hits, n)))[0].share.is_shown

    assert chance(15, 30)
    assert not chance(25, 45)
    assert not chance(15, 40)


def test_ages_are_not_shown_where_they_would_tell_a_few_decided_cases() -> None:
    waiting = figures(ages=(20, 21))

    assert shown_ages(waiting, Counter(open=33, decided=5)) is None
    for listed in (Counter(open=33), Counter(open=33, decided=11)):
        ages = shown_ages(waiting, listed)
        assert ages is not None
        assert [(group.names, group.count) for group in ages] == [(("0 to 30 days",), 20), (("31 to 60 days",), 21)]


counts = st.integers(0, 60)


@given(counts, counts, counts, counts, counts)
def test_no_count_of_one_to_ten_can_be_told_from_a_version(
    supported: int, not_supported: int, flag_error: int, no_response: int, out_of_scope: int
) -> None:
    [line] = shown_versions(
        version(
            supported=supported,
            not_supported=not_supported,
            flag_error=flag_error,
            no_response=no_response,
            out_of_scope=out_of_scope,
        )
    )
    shown = [line.precision.n, line.supported, line.not_supported, line.flag_error, line.no_response, line.out_of_scope]
    told = [int(text) for text in shown if text.isdigit()]
    if line.precision.is_shown:
        told += [supported, not_supported + flag_error]

    assert all(may_show(count) for count in told)
    if line.not_supported.isdigit() or line.flag_error.isdigit():
        assert may_show(not_supported)
        assert may_show(flag_error)


def test_one_more_judged_flag_moves_a_count_of_the_metrics_by_one_step_and_the_chart_by_whole_percents() -> None:
    for before, after in ((57, 58), (60, 61)):
        lines = [shown_versions(version(supported=30, not_supported=n - 30))[0] for n in (before, after)]
        first, second = ([int(line.precision.n), int(line.supported), int(line.not_supported)] for line in lines)
        assert {new - old for old, new in zip(first, second, strict=True)} <= {0, 10}
        assert [part % 10 for part in (*first, *second)] == [0] * 6
        points = [chart_point(line) for line in lines]
        assert all(
            round(part * 100, 6) == round(part * 100) for each in points for part in (each.share, each.low, each.high)
        )


def test_the_version_with_most_judged_flags_is_the_one_for_the_summary() -> None:
    lines = shown_versions(
        version(supported=20, flag_error=20), version(supported=30, flag_error=30), version(supported=99, flag_error=1)
    )

    best = best_known(lines)
    assert best is not None
    assert best.precision.n == "60"
    assert best_known(lines[2:]) is None


def test_providers_are_counted_in_bands_and_small_bands_are_told_together(sample: Report, tmp_path: Path) -> None:
    shutil.copy(sample.published / "stimaudit.duckdb", tmp_path / "stimaudit.duckdb")
    with open_warehouse(tmp_path / "stimaudit.duckdb") as connection:
        connection.execute("use audit")
        connection.execute("delete from timeline_event where lane in ('trial', 'implant')")
        assert provider_figures(connection)["is_provider_known"] is False
        # 46 episodes: providers 1 to 12 have one case each, 13 to 24 two each, 25 has the last ten.
        connection.execute(
            "insert into timeline_event by name select episode_id, 'implant' as lane, "
            "(case when place <= 12 then place when place <= 36 then 13 + (place - 13) // 2 else 25 end)::varchar "
            "as billing_npi from (select episode_id, row_number() over (order by episode_id) as place from finding)"
        )
        found = provider_figures(connection)

    bands = found["provider_bands"]
    assert isinstance(bands, tuple)
    assert [(group.names, group.count) for group in bands] == [
        (("2 to 3 flagged cases",), 20),
        (("1 flagged case", "4 to 10 flagged cases"), 20),
    ]
    assert found["provider_most"] is None
    assert found["is_provider_lacking"] is False
