"""The picture of a case, and the models it is drawn from."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.reports.case_file import read_case_files, read_case_keys
from pipelines.reports.case_page import case_page
from pipelines.reports.timeline import PLOT_LEFT, PLOT_RIGHT, Timeline, timeline

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from tests.reports.conftest import Report


def episodes(connection: Connection) -> list[str]:
    return [key.episode_id for key in read_case_keys(connection)]


@pytest.fixture(scope="module")
def timelines(sample: Report) -> dict[str, Timeline]:
    with open_published(sample.published) as connection:
        return {
            case.review["member_id"]: timeline(case, has_eligibility=True)
            for case in read_case_files(connection, episodes(connection), batch=20)
        }


def lane(drawn: Timeline, label: str) -> tuple[str, str, set[str]]:
    [found] = [lane for lane in drawn.lanes if lane.label == label]
    return found.state, found.empty, set(found.paths)


def test_exercise_fills_by_class_trial_and_implant_stand_in_their_lanes(timelines: dict[str, Timeline]) -> None:
    drawn = timelines["S-FAIL-01"]

    assert lane(drawn, "Exercise") == ("adequate: 12 dates", "", {"service"})
    assert lane(drawn, "NSAID") == ("2 fills, 60 days", "", {"fill"})
    assert lane(drawn, "SNRI (duloxetine)") == ("2 fills, 60 days", "", {"fill"})
    assert lane(drawn, "Trial stimulation") == ("2024-05-06", "", {"device"})
    assert lane(drawn, "Implant") == ("2024-06-10", "", {"device"})


def test_an_empty_lane_says_none_found_and_one_that_cannot_be_seen_says_cannot_tell(
    timelines: dict[str, Timeline],
) -> None:
    assert lane(timelines["S-FAIL-01"], "Manipulation")[:2] == ("none found", "none found in the data received")
    assert lane(timelines["S-HOLD-03"], "Medication")[:2] == ("cannot tell", "cannot tell: drug fills cannot be seen")
    assert (
        lane(timelines["S-HOLD-02"], "Exercise")[1] == "none found in the 319 days enrolled; cannot tell for the rest"
    )


def test_a_gap_in_enrolment_is_drawn_with_its_days_and_a_full_year_has_none(timelines: dict[str, Timeline]) -> None:
    assert [gap.text for gap in timelines["S-HOLD-02"].gaps] == ["46 d"]
    assert timelines["S-FAIL-01"].gaps == ()


def test_a_gap_that_the_policy_allows_is_said_the_same_on_tile_timeline_and_page(sample: Report) -> None:
    with open_published(sample.published) as connection:
        [[case_id, days]] = connection.execute(
            "select case_id, enrolled_days from finding where enrolled_days < 365 order by case_id limit 1"
        ).fetchall()
    page = sample.text(f"cases/{case_id}.html")
    told = f"nrolled {days} of 365 days of the look-back"

    tile = page.split("<dt>Data</dt>")[1].split("</div>")[0]
    assert f"e{told}" in tile
    assert "enrolment, drug fills and feeds are there" not in tile
    assert f"Enrolment: e{told}." in page.split("<desc")[1].split("</desc>")[0]
    assert f"E{told}" in page.split("Gaps in the data")[1].split("</li>")[0]


def test_care_on_days_not_enrolled_is_a_conflict_counted_once_everywhere(sample: Report, tmp_path: Path) -> None:
    shutil.copytree(sample.published, tmp_path / "published", symlinks=True)
    database = tmp_path / "published" / DATABASE_FILE
    database.chmod(0o640)
    with open_warehouse(database) as connection:
        [[episode_id, row]] = connection.execute(
            "select ledger.episode_id, min(source_row) from audit.care_ledger as ledger "
            "inner join audit.episode_review as review on ledger.episode_id = review.episode_id "
            "where outcome = 'flagged' and enrolled_days = 365 group by all order by 1 limit 1"
        ).fetchall()
        connection.execute(
            "insert into audit.enrollment_gap by name select $episode as episode_id, date '2025-01-01' as start_date, "
            "date '2025-01-02' as end_date, 2 as day_count, 1 as care_count",
            {"episode": episode_id},
        )
        connection.execute(
            "update audit.timeline_event set is_in_enrollment_gap = true where episode_id = $episode "
            "and source_row = $row and lane not in ('trial', 'implant')",
            {"episode": episode_id, "row": row},
        )
    with open_published(tmp_path / "published") as connection:
        [case] = read_case_files(connection, [episode_id], batch=50)
    page = case_page(case, labels={}, feeds=frozenset({"eligibility"}))
    told = "1 service billed on days not enrolled, a conflict in the data"

    assert told in page.data_missing
    assert f"Enrolment: {told}." in page.timeline.description
    [gap] = [support for support in page.supports if support.title == "Gaps in the data"]
    assert told in gap.text
    assert page.timeline.lanes[0].state == "365 of 365 days; 1 in conflict"
    marked = [event for event in page.events if event["counts_text"].endswith("conflict: not enrolled on that day")]
    assert len(marked) == 1
    assert sum(lane.paths.get("conflict", "").count("M") for lane in page.timeline.lanes) == 1


def test_gaps_and_conflicts_of_table_ledger_and_timeline_agree(sample: Report) -> None:
    with open_published(sample.published) as connection:
        counts = connection.execute(
            "select (select sum(care_count) from enrollment_gap), "
            "(select count(*) from care_ledger where is_in_enrollment_gap), "
            "(select count(*) from timeline_event where is_in_enrollment_gap)"
        ).fetchall()
        days = connection.execute(
            "select count(*) from (select episode_id, sum(day_count) as days from enrollment_gap group by all) as gap "
            "inner join episode_review as review on gap.episode_id = review.episode_id "
            "where days + enrolled_days <> 365"
        ).fetchall()

    assert counts == [(0, 0, 0)]
    assert days == [(0,)]


def test_a_revision_after_the_implant_is_drawn_after_it(timelines: dict[str, Timeline]) -> None:
    drawn = timelines["S-NONE-09"]
    [revision] = [lane for lane in drawn.lanes if lane.name == "revision_or_complication"]

    place = float(re.match(r"M([\d.]+)", revision.paths["after"])[1])  # type: ignore[index]
    assert drawn.anchor < place <= PLOT_RIGHT


def test_every_mark_of_every_case_lies_inside_the_plot(timelines: dict[str, Timeline]) -> None:
    places = [
        float(place)
        for drawn in timelines.values()
        for lane in drawn.lanes
        for path in lane.paths.values()
        for place in re.findall(r"M(-?[\d.]+)", path)
    ]

    assert min(places) >= PLOT_LEFT - 8
    assert max(places) <= PLOT_RIGHT + 8


def test_the_description_tells_each_lane_in_words(timelines: dict[str, Timeline]) -> None:
    told = timelines["S-FAIL-01"].description

    assert "Look-back from 2023-05-07 to 2024-05-05" in told
    assert "Exercise: adequate: 12 dates" in told
    assert "Acupuncture: none found in the data received" in told


def test_every_event_of_the_timeline_names_its_delivered_file_and_row(sample: Report) -> None:
    with open_published(sample.published) as connection:
        [[events, untraced]] = connection.execute(
            "select count(*), count(*) filter (source_file is null or source_row is null) from timeline_event"
        ).fetchall()

    assert events > 300
    assert untraced == 0


def test_care_in_the_ledger_is_on_the_timeline_once(sample: Report) -> None:
    with open_published(sample.published) as connection:
        missing = connection.execute(
            "select episode_id, source_table, source_file, source_row from care_ledger "
            "except all select episode_id, source_table, source_file, source_row from timeline_event"
        ).fetchall()
        doubled = connection.execute(
            "select count(*) from (select 1 from timeline_event where source_table <> 'claim_diagnosis' "
            "group by episode_id, source_table, source_file, source_row having count(*) > 1)"
        ).fetchall()

    assert missing == []
    assert doubled == [(0,)]


def test_enrolment_spans_lie_inside_the_days_looked_at(sample: Report) -> None:
    with open_published(sample.published) as connection:
        [[spans, outside]] = connection.execute(
            "select count(*), count(*) filter (start_date > end_date or start_date < anchor_date - 730 "
            "or end_date > last_event_date + 730) from enrollment_span "
            "inner join episode_review on enrollment_span.episode_id = episode_review.episode_id"
        ).fetchall()

    assert spans > 40
    assert outside == 0
