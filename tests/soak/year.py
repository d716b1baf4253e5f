"""A year of clean nights: how often the checks on measures speak when nothing is broken.

`python -m tests.soak.year` prints each night that was held or said and the sums. It exits 1 where a night is held,
where more than two are said for nothing, or where nothing is said while a sender is missing. The payer grows, has
holidays and full ends of months, takes on a line of business, codes a procedure otherwise from the day on which its
code is retired, and has a sender whose claims come three nights late.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.gates.measures import read_measure_checks, weigh
from pipelines.gates.profile import Profile, measured_rows
from pipelines.ground.warehouse import literal, open_warehouse
from tests.gates.feed import CLAIMS, deliver, new_feed, run_day
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.warehouse import Connection

SQL = ROOT / "sql"
NIGHTS = 250
FIRST = date(2025, 2, 3)
NIGHTLY = 2500
GROWTH = 1.0015
HOLIDAY = 0.35
END_OF_MONTH = 1.3
LEAST_ROWS = 1000
MOST_SAID = 2
NEWS_EVERY = 25

NEW_LINE_FROM = 90
RETIRED_FROM = 150
LATE = range(200, 203)
"""The nights on which the sender is late; its claims come all on the next."""
MISSING = "segment_share_moved"
"""The check that says so, which is right: what is published then lacks the claims of a sender."""

HOLIDAYS = frozenset(
    {
        *(date(2025, 2, 17), date(2025, 5, 26), date(2025, 6, 19), date(2025, 7, 4), date(2025, 9, 1)),
        *(date(2025, 11, 27), date(2025, 11, 28), date(2025, 12, 24), date(2025, 12, 25), date(2026, 1, 1)),
    }
)


def days() -> Iterator[date]:
    """The working days from the first one on."""
    day = FIRST
    while True:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def claims_of(night: int, day: date) -> int:
    """How many claims come on a night."""
    if night == 1:
        return CLAIMS
    size = NIGHTLY * GROWTH**night
    if day in HOLIDAYS:
        size *= HOLIDAY
    elif (day + timedelta(days=3)).month != day.month:
        size *= END_OF_MONTH
    return round(size)


def happen(connection: Connection, night: int, day: date) -> None:
    """What makes this payer's night other than the generator's: its days, and what changes in the year."""
    shift = (day - timedelta(days=40) - run_day(night - 1)).days
    for table, columns in (
        ("medical_claim", ("claim_line_start_date", "claim_line_end_date", "paid_date")),
        ("pharmacy_claim", ("dispensing_date",)),
    ):
        moved = ", ".join(f"{column} = {column} + ({shift})" for column in columns)
        connection.execute(f"update landed.{table} set {moved} where delivery_number = {night}")
    if night >= NEW_LINE_FROM:
        for table in ("medical_claim", "eligibility"):
            connection.execute(
                f"update landed.{table} set line_of_business = 'exchange' "
                f"where delivery_number = {night} and hash(member_id) % 12 = 0"
            )
    if night >= RETIRED_FROM:
        connection.execute(
            "update landed.medical_claim set hcpcs_code = '63655' "
            f"where delivery_number = {night} and hcpcs_code = '64555'"
        )
    if night in LATE:
        connection.execute("create table if not exists late as from landed.medical_claim limit 0")
        of_sender = f"delivery_number = {night} and data_source = 'south'"
        connection.execute(f"insert into late from landed.medical_claim where {of_sender}")
        connection.execute(f"delete from landed.medical_claim where {of_sender}")
    elif night == LATE.stop:
        connection.execute(f"insert into landed.medical_claim select * replace ({night} as delivery_number) from late")


def year(nights: int = NIGHTS) -> Iterator[tuple[int, date, Sequence[CheckResult]]]:
    """Each night with its day and the checks that failed on it."""
    checks = read_measure_checks(ROOT / "expectations" / "measures")
    earlier: list[Profile] = []
    with open_warehouse() as connection:
        new_feed(connection)
        for night, day in zip(range(1, nights + 1), days(), strict=False):
            deliver(connection, night, claims=claims_of(night, day))
            happen(connection, night, day)
            rows = measured_rows(connection, sql=SQL, as_of=day, delivery_number=night)
            profile = Profile(night, day.isoformat(), rows)
            results = weigh(checks, profile, earlier[-12:], least_rows=LEAST_ROWS)[1]
            earlier.append(profile)
            for table in ("medical_claim", "claim_diagnosis", "pharmacy_claim", "eligibility"):
                connection.execute(f"delete from landed.{table} where delivery_number = {literal(str(night))}::integer")
            yield night, day, [result for result in results if result.status == "failed"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Goes through the year and says which nights spoke."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--nights", type=int, default=NIGHTS)
    asked = parser.parse_args(arguments)
    held = said = missing = 0
    for night, day, failed in year(asked.nights):
        critical = [result for result in failed if result.severity == "critical"]
        is_missing = night in LATE and {result.check_name for result in failed} == {MISSING}
        held += bool(critical)
        missing += is_missing
        said += bool(failed) and not critical and not is_missing
        if failed:
            _say(f"night {night}, {day}: {'held' if critical else 'said'}")
            for result in failed:
                _say(f"  {result.table_name}.{result.check_name}: {result.description[-160:]}")
        elif night % NEWS_EVERY == 0:
            _say(f"night {night}, {day}")
    late = len([night for night in LATE if night <= asked.nights])
    _say(f"{asked.nights} nights: {held} held, {said} said for nothing; {missing} of {late} without a sender said")
    return 1 if held or said > MOST_SAID or missing < late else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
