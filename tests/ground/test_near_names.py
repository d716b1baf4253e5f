"""Names that may have been meant, just inside and just outside."""

from __future__ import annotations

import pytest

from pipelines.ground.near_names import near_file_name, near_name

COLUMNS = ("claim_status", "payer", "hcpcs_modifier_1", "claim_line_start_date", "claim_start_date")
TABLES = ("medical_claim", "pharmacy_claim", "eligibility", "claim_diagnosis")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Claim Status", "claim_status"),
        ("claimstatus", "claim_status"),
        ("clm_status", "claim_status"),
        ("CLAIM-STATUS", "claim_status"),
        ("claim start date", "claim_start_date"),
        ("payers", "payer"),
        ("payer_id", None),
        ("status", None),
        ("", None),
    ],
)
def test_a_column_is_near_when_little_differs(written: str, meant: str | None) -> None:
    assert near_name(written, COLUMNS) == meant


@pytest.mark.parametrize(
    ("stem", "meant"),
    [
        ("medical_claim-2025", "medical_claim"),
        ("medicalclaims", "medical_claim"),
        ("2025-01 pharmacy claims", "pharmacy_claim"),
        ("eligibilty", "eligibility"),
        ("claims", None),
        ("readme", None),
    ],
)
def test_a_file_is_near_when_it_begins_like_a_table_or_little_differs(stem: str, meant: str | None) -> None:
    assert near_file_name(stem, TABLES) == meant
