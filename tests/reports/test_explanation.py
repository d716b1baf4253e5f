"""Why an episode is off the list, as the command says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.ground.published_file import open_published

if TYPE_CHECKING:
    from tests.reports.conftest import Report


def test_every_excluded_case_is_shown_with_the_rows_that_decided_it(sample: Report) -> None:
    with open_published(sample.published) as connection:
        evidence = connection.execute(
            "select case_id, source_file, source_row from exclusion_evidence "
            "inner join episode_review on exclusion_evidence.episode_id = episode_review.episode_id"
        ).fetchall()
    cases = sorted({case_id for case_id, _, _ in evidence})

    assert len(cases) > 1
    for case in cases:
        told = CliRunner().invoke(app, ["show", case, "--out", str(sample.published.parent)])
        assert told.exit_code == 0, told.output
        said = " ".join(told.output.split())
        assert [
            (file, row) for case_id, file, row in evidence if case_id == case and f"{file} row {row}" not in said
        ] == []


def test_a_flagged_case_is_shown_without_exclusions(sample: Report) -> None:
    with open_published(sample.published) as connection:
        [[case]] = connection.execute("select case_id from finding order by case_id limit 1").fetchall()

    told = CliRunner().invoke(app, ["show", case, "--out", str(sample.published.parent)])
    assert "What decided it" not in told.output
