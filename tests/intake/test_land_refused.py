"""Deliveries that are refused whole: which, with what words, and with the history as it was."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode, InputRefusedError, UsageError
from pipelines.ground.progress import Progress
from pipelines.intake.land import land
from pipelines.intake.ledger import read_ledger
from tests.intake.landing import AS_OF, BASE, CLAIMS, DIAGNOSES, LINE, deliver, landed, lines, rows

if TYPE_CHECKING:
    from pathlib import Path

LONG = LINE + "\n" + "".join(f"C{number},1,professional,ada,2024-06-10,1,63650\n" for number in range(5000))
PACKED = gzip.compress(LONG.encode(), mtime=0)
CUT_AT_A_LINE = gzip.compress(LONG.encode(), mtime=0)[:-8]
CLASSIC = b"C1,1,professional,ada,2024-06-10,1,"


def refusal(tmp_path: Path, files: dict[str, str | bytes]) -> str:
    with pytest.raises(InputRefusedError) as refused:
        landed(tmp_path, files)
    assert refused.value.exit_code == ExitCode.REFUSED
    assert read_ledger(tmp_path / "landed") == ()
    assert not list((tmp_path / "landed").rglob("*.parquet"))
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("medical_claim.csv.gz", PACKED[: len(PACKED) // 2], "ends too early"),
        ("medical_claim.csv.gz", CUT_AT_A_LINE, "ends too early"),
        ("medical_claim.csv.gz", PACKED[:-6] + b"\0\0" + PACKED[-4:], "damaged"),
        ("medical_claim.csv.gz", CLAIMS, "not in the format its name says (csv.gz)"),
        ("medical_claim.csv.zst", PACKED, "not in the format its name says (csv.zst)"),
        ("medical_claim.csv", PACKED, "holds compressed or Parquet data"),
        ("medical_claim.parquet", CLAIMS, "not in the format its name says (parquet)"),
        ("medical_claim.parquet", b"PAR1" + b"x" * 50 + b"PAR1", "not a readable Parquet file"),
        ("medical_claim.csv", b"", "zero bytes"),
        ("medical_claim.csv.gz", gzip.compress(b"", mtime=0), "empty"),
        ("medical_claim.csv", bytes(range(256)) * 40, "zero bytes"),
        ("medical_claim.csv", CLAIMS.encode("utf-16"), "zero bytes"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b"\xe9t\xe9\n", "not UTF-8"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b"\xc3", "not UTF-8"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b'63"650\n', "double quote"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b'63650"\n' + CLASSIC + b'5"\n', "double quote"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b'"63"650"\n', "double quote"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b'"63650\n' + CLASSIC + b"1\n", "double quote"),
        ("medical_claim.csv", LINE.encode() + b"\n" + CLASSIC + b"1,2\n", "line 2 has 8 fields and the header 7"),
        ("medical_claim.csv", LINE.encode() + b"\nC1,1\n", "line 2 has 2 fields and the header 7"),
        ("medical_claim.csv", CLAIMS.replace("member_id", "patient"), "required column member_id"),
        ("medical_claim.csv", CLAIMS.replace(",", ";"), "not separated by commas"),
        ("medical_claim.csv", CLAIMS.replace("hcpcs_code", "Claim_ID"), "twice (claim_id)"),
    ],
    ids=[
        "cut in the middle",
        "cut at a line end",
        "a wrong checksum",
        "text named gzip",
        "gzip named zstd",
        "gzip named text",
        "text named Parquet",
        "Parquet marks alone",
        "no bytes",
        "an archive of nothing",
        "any bytes",
        "UTF-16",
        "Latin-1",
        "half a character",
        "a quote inside a field",
        "a quote at the end of a field",
        "a quote inside quotes",
        "a quote that is not closed",
        "a field too many",
        "too few fields",
        "a required column missing",
        "semicolons",
        "a column twice",
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_cause(
    tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    message = refusal(tmp_path, {"claim_diagnosis.csv": DIAGNOSES, name: content})

    assert message.startswith("One file is refused")
    assert f"- {name}: " in message
    assert words in message
    assert "63650" not in message


def test_all_bad_files_are_named_together(tmp_path: Path) -> None:
    message = refusal(tmp_path, {"medical_claim.csv": b"", "sub/claim_diagnosis.csv": b"claim_id\nC1\n"})

    assert "2 files are refused" in message
    assert "- medical_claim.csv: " in message
    assert "- sub/claim_diagnosis.csv: The header lacks the required columns diagnosis_rank, diagnosis_code." in message


def test_a_header_of_values_is_not_shown(tmp_path: Path) -> None:
    message = refusal(tmp_path, {"medical_claim.csv": "C1,1,professional,adalovelace,2024-06-10,1\n"})

    assert "adalovelace" not in message


def test_an_empty_delivery_is_refused_with_the_names_expected(tmp_path: Path) -> None:
    message = refusal(tmp_path, {"notes.txt": "nothing"})

    assert "no extract file" in message
    assert "medical_claim, claim_diagnosis" in message


def test_a_folder_that_is_not_there_is_a_fault_of_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        land(tmp_path / "nowhere", landed=tmp_path / "landed", as_of=AS_OF)


def test_claims_and_diagnoses_must_have_been_supplied_once(tmp_path: Path) -> None:
    assert "No medical_claim file" in refusal(tmp_path, {"claim_diagnosis.csv": DIAGNOSES})
    assert "No diagnoses" in refusal(tmp_path / "other", {"medical_claim.csv": CLAIMS})

    landed(tmp_path / "third", BASE)
    later = landed(tmp_path / "third", {"medical_claim.csv": lines({"claim_id": "C2"})}, name="night")
    assert later.delivery_number == 2


def test_two_percent_of_bad_rows_refuse_the_delivery_and_leave_the_history_as_it_was(tmp_path: Path) -> None:
    landed(tmp_path, BASE)
    good = [{"claim_id": f"C{number}"} for number in range(1960)]
    bad = [{"claim_type": "secretword"} for _ in range(30)] + [{"claim_line_start_date": "10.06.2024"}] * 10
    files = {"medical_claim_2.csv": lines(*good, *bad)}

    with pytest.raises(InputRefusedError) as refused:
        landed(tmp_path, files, name="night")

    message = str(refused.value)
    assert "- medical_claim: 40 of 2000 rows rejected." in message
    assert "30 x claim_type is none of: professional, institutional" in message
    assert "10 x claim_line_start_date is not a date written YYYY-MM-DD or YYYYMMDD" in message
    assert "medical_claim_2.csv:1961:claim_type:not_in_list" in message
    assert message.count("medical_claim_2.csv:") == 10
    assert "secretword" not in message
    assert len(read_ledger(tmp_path / "landed")) == 1
    assert rows(tmp_path, "select count(*) from landed.medical_claim") == [(2,)]
    assert len(list((tmp_path / "landed").rglob("*.parquet"))) == 2


def test_a_link_out_of_the_delivery_is_refused_and_one_inside_is_read(tmp_path: Path) -> None:
    outside = deliver(tmp_path / "elsewhere", {"medical_claim.csv": CLAIMS}) / "medical_claim.csv"
    folder = deliver(tmp_path / "day", {"claim_diagnosis.csv": DIAGNOSES, "raw/claims.dat": CLAIMS})
    (folder / "medical_claim.csv").symlink_to(outside)
    with pytest.raises(InputRefusedError, match="leads out of the delivery folder"):
        land(folder, landed=tmp_path / "landed", as_of=AS_OF)

    (folder / "medical_claim.csv").unlink()
    (folder / "medical_claim.csv").symlink_to(folder / "raw" / "claims.dat")
    assert land(folder, landed=tmp_path / "landed", as_of=AS_OF).delivery_number == 1


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "day", BASE)
    (folder / "more").symlink_to(tmp_path)
    with pytest.raises(InputRefusedError, match="more: This is a link to a folder"):
        land(folder, landed=tmp_path / "landed", as_of=AS_OF)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "day", BASE)
    os.mkfifo(folder / "medical_claim_2.csv")
    with pytest.raises(InputRefusedError, match="not a regular file"):
        land(folder, landed=tmp_path / "landed", as_of=AS_OF)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "day", BASE)

    class Writer(Progress):
        def file_started(self, file_name: str, byte_count: int) -> None:
            assert byte_count
            if file_name == "medical_claim.csv":
                with (folder / file_name).open("a") as stream:
                    stream.write("C9,1,professional,ada,2024-06-10,1,63650\n")

        def file_finished(self, file_name: str, row_count: int) -> None:
            assert file_name == "claim_diagnosis.csv"
            assert row_count == 2

        def file_known(self, file_name: str) -> None:
            raise AssertionError(file_name)

    with pytest.raises(InputRefusedError, match=r"medical_claim\.csv: The file was changed while it was read"):
        land(folder, landed=tmp_path / "landed", as_of=AS_OF, progress=Writer())
    assert read_ledger(tmp_path / "landed") == ()


@pytest.mark.parametrize("name", ["medical_claim_*.csv", "medical_claim_[ab].csv", "medical_claim_'.csv"])
def test_odd_file_names_are_read_as_names(tmp_path: Path, name: str) -> None:
    others = {"medical_claim_a.csv": lines({"claim_id": "C3"})}
    landing = landed(tmp_path, BASE | others | {name: lines({"claim_id": "C2"})})

    assert [file.row_count for file in landing.files if file.file_name == name] == [1]


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (f"sep=,\n{CLAIMS}", "The first line is `sep=`"),
        (CLAIMS.partition("\n")[2], "No name in the first row is known: the header row is missing, perhaps"),
        (
            CLAIMS.replace("claim_line_start_date", "Claim Line Start Date"),
            "claim line start date for claim_line_start",
        ),
        (CLAIMS.replace("claim_id", "Claim Id").replace("paid_amount", "x"), "claim id for claim_id. Rename"),
    ],
)
def test_a_header_that_is_not_one_is_refused_with_its_cause(tmp_path: Path, claims: str, words: str) -> None:
    said = refusal(tmp_path, {**BASE, "medical_claim.csv": claims})

    assert words in said
    assert "ada" not in said
