"""A reader of the published audit in a process of its own: opens, reads twice, lets go, until it is told to stop.

`python -m tests.soak.reader PUBLISHED STOP HOLD` writes one JSON line at its end: how often it opened the file, which
runs it saw, and every fault by its kind. HOLD is how many seconds it keeps each file open.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

from pipelines.ground.warehouse import Connection, WarehouseError, open_warehouse

PAUSE_SECONDS = 0.02

# All of it must come from one publish: each run stamps its id on the run, on every episode, and on the history.
WHOLE = """
    select
        (select run_id from audit.run) as run_id,
        (select count(*) from audit.episode_review) as episode_count,
        (select count(*) from audit.episode_review where run_id <> (select run_id from audit.run)) as torn_count,
        (select sum(hash(episode_review)::hugeint) from audit.episode_review) as total
"""


def main() -> int:
    """Reads until the file STOP is there."""
    published, stop, hold = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    opened = 0
    runs: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    while not stop.exists():
        try:
            with open_warehouse(published / "audit.duckdb", read_only=True, threads=1) as connection:
                first = _read(connection)
                time.sleep(hold)
                again = _read(connection)
        except (WarehouseError, OSError) as fault:
            faults[type(fault).__name__] += 1
            continue
        time.sleep(PAUSE_SECONDS)
        opened += 1
        runs[str(first[0])] += 1
        if first != again:
            faults["read another audit in an open file"] += 1
        if first[2] or not first[1]:
            faults["read a torn audit"] += 1
    sys.stdout.write(json.dumps({"opened": opened, "runs": runs, "faults": faults}) + "\n")
    return 0


def _read(connection: Connection) -> tuple[object, ...]:
    return tuple(connection.execute(WHOLE).fetchall()[0])


if __name__ == "__main__":
    sys.exit(main())
