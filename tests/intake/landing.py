"""Deliveries in a few lines, for the tests of landing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.ground.warehouse import open_warehouse
from pipelines.intake.land import DEFAULT_RULES, Landing, LandingRules, land
from pipelines.intake.ledger import attach

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AS_OF = date(2024, 12, 31)

LINE = "claim_id,claim_line_number,claim_type,member_id,claim_line_start_date,paid_amount,hcpcs_code"
DIAGNOSIS = "claim_id,diagnosis_rank,diagnosis_code"
CLAIMS = f"{LINE}\nC1,1,professional,ada,2024-06-10,120.50,63650\nC1,2,professional,ada,2024-06-10,10,L8680\n"
DIAGNOSES = f"{DIAGNOSIS}\nC1,1,M54.50\nC1,2,g89.4\n"
BASE: dict[str, str | bytes] = {"medical_claim.csv": CLAIMS, "claim_diagnosis.csv": DIAGNOSES}


def deliver(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A delivery folder with these files, by path below it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def landed(
    tmp_path: Path, files: Mapping[str, str | bytes], *, name: str = "day", rules: LandingRules = DEFAULT_RULES
) -> Landing:
    """What became of a delivery of these files, landed in `tmp_path/landed`."""
    return land(deliver(tmp_path / name, files), landed=tmp_path / "landed", as_of=AS_OF, rules=rules)


def rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of ``query`` over the schema `landed`."""
    with open_warehouse() as connection:
        attach(connection, tmp_path / "landed")
        return connection.execute(query).fetchall()


def counts(landing: Landing) -> dict[str, tuple[int, int, int, int]]:
    """Rows, loaded, repeats and rejected by `file:table`."""
    return {
        f"{file.file_name}:{file.table_name}": (
            file.row_count,
            file.loaded_count,
            file.repeat_count,
            file.rejected_count,
        )
        for file in landing.files
    }


def lines(*changes: dict[str, str], header: str = LINE) -> str:
    """A medical_claim CSV with one line a change to an ordinary line."""
    ordinary = {
        "claim_id": "C1",
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": "ada",
        "claim_line_start_date": "2024-06-10",
        "paid_amount": "1",
        "hcpcs_code": "63650",
    }
    columns = list(dict.fromkeys([*header.split(","), *(name for change in changes for name in change)]))
    body = [",".join((ordinary | change).get(name, "") for name in columns) for change in changes]
    return "\n".join([",".join(columns), *body]) + "\n"
