"""The canary soak: a word of its own in every column, and a search of all that runs, refusals and commands leave.

`python -m tests.soak.canaries` delivers each table of the contract with a good row and, for each column, a row that has
nothing but its canary there. Then a run, a refused delivery, `validate` and every command that looks into OUT are
called, in the clear and with a key, and what they said and every file and file name is searched. In the clear a canary
may stand in landed and published rows, in reports for reviewers and in what a command was asked to show; with a key in
no file at all. `--prefect` makes the run a flow. It prints what was found where, and ends with 1 then.
"""

from __future__ import annotations

import argparse
import base64
import csv
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.encryption import Key, using_key
from pipelines.ground.published_file import open_published
from pipelines.intake.extracts import read_extract_tables
from tests.intake.landing import deliver
from tests.support.installed import Ended, Installed
from tests.whole.canaries import AUDIT_ITSELF, FOR_MANY_EYES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.intake.extracts import ExtractColumn

KEY = base64.b64encode(bytes(range(32))).decode()
MARK = "QZ"
VALID = {
    "date": "2026-01-20", "birth_date": "1960-01-01", "open_start_date": "2020-01-01", "open_end_date": "",
    "amount": "1000.00", "unread_amount": "1.00", "quantity": "1", "rank": "1", "days_supply": "30", "integer": "2",
    "boolean": "true", "hcpcs": "63650", "kind": "", "code_system": "icd-10-cm", "code": "M5450",
}  # fmt: skip
SHOWS_MEMBERS = {"show", "sql", "letter", "diff", "decision list", "sample", "dictionary"}
"""Commands whose answer is about cases and members, and is theirs who asked."""


def canary(column: ExtractColumn) -> str:
    """The word of a column."""
    return f"{MARK}{sum(map(ord, column.table_name)) % 97:02d}{sum(map(ord, column.column_name)):04d}KANARI"


LINES = {
    canary(column)
    for table in read_extract_tables().values()
    for column in table.columns
    if column.column_name == "line_of_business"
}


def tables(*, are_systems_known: bool) -> dict[str, str]:
    """Each table as CSV: a good row, and one a column with its canary there.

    A code system that nobody knows refuses a delivery; where they are known, those columns have none.
    """
    found = {}
    for name, table in read_extract_tables().items():
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, [column.column_name for column in table.columns], lineterminator="\n")
        writer.writeheader()
        writer.writerow(good(table.columns, 0))
        for number, column in enumerate(table.columns, start=1):
            if are_systems_known and column.kind == "code_system":
                continue
            writer.writerow(good(table.columns, number) | {column.column_name: canary(column)})
        found[f"{name}.csv"] = out.getvalue()
    return found


def good(columns: Sequence[ExtractColumn], number: int) -> dict[str, str]:
    """A row that can be read; each number has a member and a claim of its own."""
    row = {column.column_name: VALID.get(column.kind, "") for column in columns}
    for column in columns:
        if column.kind == "word":
            row[column.column_name] = column.allowed_words[0] if column.is_required_value else ""
        elif column.kind == "id":
            row[column.column_name] = (
                "" if "original" in column.column_name else f"{MARK}{column.column_name[:1]}{number}KANARI"
            )
        elif column.column_name == "procedure_code_type":
            row[column.column_name] = "icd-10-pcs"
        elif column.kind in {"number", "text"} and column.is_required_value:
            row[column.column_name] = "1"
    return {name: value for name, value in row.items() if value}


def found_in(content: bytes) -> list[str]:
    """The canaries in some bytes."""
    at, found = content.find(MARK.encode()), set()
    while at >= 0:
        end = content.find(b"KANARI", at, at + 24)
        if end >= 0:
            found.add(content[at : end + 6].decode(errors="replace"))
        at = content.find(MARK.encode(), at + 1)
    return sorted(found)


def may_hold(place: str, *, has_key: bool) -> bool:
    """Whether rows belong in a file below the sitting's folder."""
    path = Path(place)
    if path.parts[0] in {"delivered", "refused", "forms"}:
        return True
    if has_key or path.parts[0] != "out":
        return False
    return path.suffix in AUDIT_ITSELF and path.name not in {*FOR_MANY_EYES, "dictionary.html"}


class Sitting:
    """One output folder and all that is said and written around it."""

    def __init__(self, folder: Path, stimaudit: Installed, *, has_key: bool) -> None:
        self.folder = folder
        self.has_key = has_key
        self.stimaudit = stimaudit
        self.calls = 0
        self.faults: list[str] = []
        for name in ("tmp", "home", "forms"):
            (folder / name).mkdir(parents=True)
        deliver(folder / "delivered", tables(are_systems_known=True))
        deliver(folder / "refused" / "systems", tables(are_systems_known=False))
        (folder / "settings.toml").write_text(
            "max_rejected_share = 1.0\nmax_rejected_rows = 1000000\nmax_failed_history_checks = 1000\n"
            'id_namespace = "shared"\n',
            encoding="utf-8",
        )

    def call(self, *words: object) -> Ended:
        """A command, and a fault where it named a canary outside of the answer that was asked for."""
        environment: dict[str, str] = {"TMPDIR": str(self.folder / "tmp"), "HOME": str(self.folder / "home")}
        if self.has_key:
            environment |= {"STIMAUDIT_KEY": KEY}
        ended = self.stimaudit(*words, folder=self.folder, env=environment)
        self.calls += 1
        name = " ".join(map(str, words[:2])) if words[0] == "decision" else str(words[0])
        typed = found_in(" ".join(map(str, words)).encode()) if name == "sql" else []  # its own words, to who asked
        told = [word for word in found_in(ended.err.encode()) if word not in typed]
        if name not in SHOWS_MEMBERS:
            told += found_in(ended.out.encode())
        if told:
            self.faults.append(f"{name} told {told}")
        if ended.has_trace:
            self.faults.append(f"{name} told in Python's words: {ended.err[-500:]}")
        sys.stdout.write(f"  {name}: {ended.code}\n")
        sys.stdout.flush()
        return ended

    def search(self) -> Iterator[str]:
        """A sentence a file or file name that holds a canary and may not."""
        for path in sorted(self.folder.rglob("*")):
            place = path.relative_to(self.folder).as_posix()
            if told := found_in(place.encode()):
                yield f"the name {place} holds {told}"
            if path.is_file() and not path.is_symlink() and not may_hold(place, has_key=self.has_key):
                # Profiles name lines of business, which are the plan's and no member's (docs/assurance.md).
                known = LINES if place.startswith("out/history/profiles/") else set()
                told = sorted(set(found_in(path.read_bytes())) - known)
                if told:
                    yield f"{place} holds {told}"

    def sit(self, *, with_prefect: bool) -> None:
        out, settings = self.folder / "out", ("--config", self.folder / "settings.toml", "--as-of", "2026-06-30")
        how = () if with_prefect else ("--no-prefect",)
        ran = self.call("run", *how, "--extracts", self.folder / "delivered", "--out", out, *settings)
        if ran.code not in {0, 5}:
            self.faults.append(f"the run ended with {ran.code}: {ran.err[-1500:]}")
            return
        self.call("validate", "--extracts", self.folder / "delivered", "--out", out, *settings)
        spoiled = {"header": "claim_id,{0}\n{0},{0}\n", "ragged": "{0}\n", "quote": 'claim_id\n"{0}"x\n'}
        for name, text in spoiled.items():
            deliver(self.folder / "refused" / name, {"medical_claim.csv": text.format(f"{MARK}RKANARI")})
        for name in (*spoiled, "systems"):
            self.call("run", "--no-prefect", "--extracts", self.folder / "refused" / name, "--out", out, *settings)
        case, run_id = self.names(out)
        forms, strange = self.folder / "forms", f"{MARK}NONEKANARI"
        decided = ("--outcome", "FLAG_ERROR", "--reason", "duplicate", "--reviewer", "Ann Lee")
        for words in (
            ("status",), ("doctor",), ("verify",), ("report",), ("metrics",), ("decision", "list"), ("show", case),
            ("show", f"{MARK}c0KANARI"), ("show", strange), ("letter", strange), ("letter", case, "--to", forms),
            ("sample", "--seed", "7", "--to", forms / "s.csv"), ("report", "--to", forms),
            ("sql", f"select * from audit.finding where member_id = '{MARK}m0KANARI'"),
            ("sql", f"select {strange} from audit.finding"), ("sql", "select member_id::integer from audit.finding"),
            ("decision", "record", case, *decided), ("decision", "record", strange, *decided),
            ("diff", run_id, run_id), ("rollback", run_id), ("reproduce", run_id), ("value-sets", "drift"),
            ("policy", "compare", "evidence_low_back_pain", "commercial_strict"), ("dictionary",), ("verify",),
        ):  # fmt: skip
            self.call(*words, "--out", out)
        self.faults += self.search()

    def names(self, out: Path) -> tuple[str, str]:
        """A case and the run of the published audit."""
        with using_key(Key(KEY) if self.has_key else None), open_published(out / "published") as connection:
            [[run_id]] = connection.execute("select run_id from run").fetchall()
            cases = connection.execute(
                "select case_id from episode_review order by outcome = 'flagged' desc"
            ).fetchall()
        return str(cases[0][0]), str(run_id)


def main(arguments: Sequence[str] | None = None) -> int:
    """Sits once in the clear and once with a key."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--prefect", action="store_true", help="the run is a flow")
    asked = parser.parse_args(arguments)
    faults, calls = [], 0
    with tempfile.TemporaryDirectory(prefix="stimaudit-soak-") as folder, Installed() as stimaudit:
        os.environ.pop("STIMAUDIT_KEY", None)
        for name in ("clear", "key"):
            sitting = Sitting(Path(folder) / name, stimaudit, has_key=name == "key")
            sitting.sit(with_prefect=asked.prefect)
            faults += [f"{name}: {fault}" for fault in sitting.faults]
            calls += sitting.calls
            shutil.rmtree(sitting.folder)
    for fault in faults:
        sys.stdout.write(f"FAULT {fault}\n")
    columns = sum(len(table.columns) for table in read_extract_tables().values())
    sys.stdout.write(f"{columns} columns, {calls} calls\n{len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
