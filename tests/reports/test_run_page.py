"""The run page: the measures of the last nights, with their picture and what was accepted."""

from __future__ import annotations

import pytest

from pipelines.ground.warehouse import open_warehouse
from pipelines.reports.charts import sparkline
from pipelines.reports.run_page import measure_lines

MEASURES = """
create schema audit;
create table audit.gate_measure as
select *
from (
    values
    ('delivery', 1, date '2025-01-01', 'medical_claim', 'denied_share', 'all', '', 0.1, 5000, null, null),
    ('delivery', 2, date '2025-02-01', 'medical_claim', 'denied_share', 'all', '', 0.9, 5000, 'a backlog', 'ada'),
    ('delivery', 3, date '2025-03-01', 'medical_claim', 'denied_share', 'all', '', 0.2, 5100, null, null),
    ('delivery', 3, date '2025-03-01', 'medical_claim', 'lines', 'all', '', 5100, 5100, null, null),
    ('delivery', 1, date '2025-01-01', 'pharmacy_claim', 'fills', 'all', '', 700, 700, null, null),
    ('publish', 1, date '2025-01-01', 'episode_review', 'excluded_share', 'reason', 'red_flag', 0.25, 400, null, null)
) as measured(
    measured_of, measured_number, as_of_date, table_name, measure_name, segment_kind, segment, measure_value,
    measured_rows, accepted_because, accepted_by
);
set schema = 'audit';
"""


def test_each_measure_of_the_newest_night_stands_beside_the_usual_one() -> None:
    with open_warehouse() as connection:
        assert measure_lines(connection) == [], "a file from before measures were published"
        connection.execute(MEASURES)
        lines = measure_lines(connection)

    assert [(line["name"], line["now"], line["usual"], line["rows"]) for line in lines] == [
        ("denied_share", "20.0%", "50.0%", 5100),
        ("lines", "5,100.0", "", 5100),
        ("excluded_share red_flag", "25.0%", "", 400),
    ]
    assert [told for _, *told in lines[0]["accepted"]] == [["a backlog", "ada"]]  # type: ignore[attr-defined]
    assert "10.0%, 90.0%, 20.0%" in str(lines[0]["picture"])
    assert lines[1]["picture"] == ""


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ((1, 3, 2), "3.0,21.0 60.0,3.0 117.0,12.0"),
        ((5, 5), "3.0,12.0 117.0,12.0"),
    ],
)
def test_a_sparkline_goes_from_the_oldest_to_the_newest_value(values: tuple[float, ...], line: str) -> None:
    drawn = sparkline(values, title="<b>")

    assert f'points="{line}"' in drawn
    assert "<title>&lt;b&gt;</title>" in drawn
    assert sparkline(values[:1], title="one") == ""
