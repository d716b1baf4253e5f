"""The published view v_care_evidence_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "episode_id",
    "care_group",
    "modality",
    "service_date",
    "claim_id",
    "claim_line_number",
    "code_system",
    "code",
    "counts",
    "counts_reason",
    "quantity",
    "source_table",
    "source_file",
    "source_row",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_care_evidence_v1", {"audit.care_ledger": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        episode_id | service_date | claim_id | claim_line_number | code
        E2 | 2025-01-01 | A1 | 1 | C1
        E1 | 2025-01-02 | A1 | 1 | C1
        E1 | 2025-01-01 | A2 | 1 | C1
        E1 | 2025-01-01 | A1 | 2 | C1
        E1 | 2025-01-01 | A1 | 1 | C2
        E1 | 2025-01-01 | A1 | 1 | C1
    """

    made = published("v_care_evidence_v1", {"audit.care_ledger": rows})

    assert made.in_order("episode_id", "service_date", "claim_id", "claim_line_number", "code") == [
        ("E1", "2025-01-01", "A1", "1", "C1"),
        ("E1", "2025-01-01", "A1", "1", "C2"),
        ("E1", "2025-01-01", "A1", "2", "C1"),
        ("E1", "2025-01-01", "A2", "1", "C1"),
        ("E1", "2025-01-02", "A1", "1", "C1"),
        ("E2", "2025-01-01", "A1", "1", "C1"),
    ]
