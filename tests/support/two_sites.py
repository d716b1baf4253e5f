"""The same two nights twice, in the clear and encrypted: what commands, keys and reports are tried on."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.ground.encryption import Key, using_key
from pipelines.ground.published_file import open_published
from pipelines.reports.report import report
from pipelines.review.sample import draw_sample, keep_sample
from tests.support.nights import delivery, eligible, implant, night
from tests.support.review_in_small import SUPPORTED, case_rows, take_in, write_rows

if TYPE_CHECKING:
    from pathlib import Path

MEMBER, CLAIM, NPI, NOTE = "QZMEMBER7731", "QZCLAIM7732", "7733777337", "QZNOTE7736 of the chart"
CANARIES = (MEMBER, CLAIM, NPI, NOTE)
TEXT = base64.b64encode(bytes(range(32))).decode()
OTHER_TEXT = base64.b64encode(bytes(range(1, 33))).decode()
KEY, OTHER_KEY = Key(TEXT), Key(OTHER_TEXT)


@dataclass(frozen=True)
class TwoSites:
    """The same two nights with a key and without one."""

    encrypted: Path
    clear: Path


def with_npi(files: dict[str, str]) -> dict[str, str]:
    """The delivery with a rendering provider on each line."""
    header, *rows = files["medical_claim.csv"].splitlines()
    lines = [f"{header},rendering_npi", *(f"{row},{NPI}" for row in rows)]
    return files | {"medical_claim.csv": "\n".join(lines) + "\n"}


FIRST = with_npi(
    delivery(
        [*implant(CLAIM, MEMBER, "2026-01-20"), *implant("B1", "bea", "2026-02-03")],
        {CLAIM: "M5450", "B1": "M5450"},
        eligibility=eligible(MEMBER, "bea") + f"{MEMBER},{CLAIM}\n",
    )
)
SECOND = delivery(implant(f"{CLAIM}B", MEMBER, "2026-01-20", paid="1100", more=f",,7,{CLAIM}"), {f"{CLAIM}B": "M5450"})


def two_nights(out: Path) -> Path:
    """An output folder after two nights, reports, an import of decisions and a sample."""
    night(out, 1, FIRST)
    published = out / "published"
    row = case_rows(published)[MEMBER] | SUPPORTED | {"review_note": NOTE}
    take_in(write_rows(out.parent / f"{out.name}-reviewed.csv", row), published, out / "decisions")
    night(out, 2, SECOND)
    with open_published(published) as connection:
        keep_sample(draw_sample(connection, out / "decisions", seed=7), out / "decisions")
    report(out)
    return out


def make_two_sites(folder: Path) -> TwoSites:
    """Both folders, made below ``folder``."""
    with using_key(KEY):
        encrypted = two_nights(folder / "encrypted")
    return TwoSites(encrypted, two_nights(folder / "clear"))
