"""Ours beside what a user would write instead: `python -m benchmarks.peers.run --lines 1000000 --peers PYTHON`.

In one sitting, on the same files: a history and the night after with one in a hundred new. Ours lands, gates, judges
and publishes all of it; the scripts answer the narrow question over all files both times, and must give the same rows.
Each is a process tree of its own, measured from outside: seconds, and the most memory of the whole tree.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.generate import AS_OF, Order, generate
from benchmarks.run import DELIVERY_SHARE, RESULTS, PeakMemory
from pipelines.ground.program_files import home

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HERE = Path(__file__).parent
OURS = Path(sys.executable).with_name("stimaudit")
PEERS: Mapping[str, str] = {"DuckDB script": "duckdb_script", "pandas": "pandas_script", "PySpark": "pyspark_script"}
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
DROP_ALL = b"3\n"
PUBLISHED = (0, 5)
"""The exit codes of a night that published: clean, or with caveats."""


@dataclass(frozen=True)
class Taken:
    """What one process tree took: seconds, and the most bytes it held."""

    seconds: float
    peak_bytes: int

    def told(self) -> str:
        """Both in short."""
        return f"{self.seconds:.1f} s, {self.peak_bytes / 1e9:.1f} GB"


@dataclass(frozen=True)
class Row:
    """One line of the result: who, and what each of the two nights took, the files in the page cache or not."""

    who: str
    first: Taken
    first_cold: Taken | None
    after: Taken
    after_cold: Taken | None


def codes() -> dict[str, object]:
    """The codes of the question, from our value sets, without dots."""

    def rows(name: str) -> list[dict[str, str]]:
        with (home().sql / "value_sets" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    pain = [row["code"] for row in rows("diagnoses_low_back_pain") if row["specificity"] == "unspecified"]
    return {
        "implant": [row["code"] for row in rows("index_procedures") if row["opens_event"] != "no"],
        "pain": sorted({code.replace(".", "") for code in pain}),
        "exercise": [
            row["code"]
            for row in rows("conservative_care")
            if row["care_group"] == "exercise" and row["counts"] == "yes"
        ],
        "drug_classes": [
            {"code": row["code"], "drug_class": row["drug_class"]}
            for row in rows("medications")
            if row["code_system"] == "rxnorm-ingredient" and row["counts"] == "yes"
        ],
    }


def take(command: Sequence[str | Path], *, may_end_with: Iterable[int] = (0,)) -> Taken:
    """What ``command`` takes; raises ``RuntimeError`` where it ends otherwise."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        memory = PeakMemory(process.pid)
        watcher = threading.Thread(target=memory.watch)
        watcher.start()
        _, said = process.communicate()
        seconds = time.perf_counter() - began
        memory.done.set()
        watcher.join()
    if process.returncode not in may_end_with:
        message = f"{command[0]} ended with exit code {process.returncode}: {said[-2000:]}"
        raise RuntimeError(message)
    return Taken(seconds, memory.peak_bytes)


def drop_page_cache() -> bool:
    """Drops the page cache; whether that went, which it does for root of the machine itself alone."""
    os.sync()
    with suppress(OSError):
        DROP_CACHES.write_bytes(DROP_ALL)
        return True
    return False


def joined(history: Path, delivery: Path, folder: Path) -> Path:
    """A folder with links to the files of both, as a script reads them the night after."""
    folder.mkdir()
    for path in [*history.iterdir(), *delivery.iterdir()]:
        name = path.name if path.parent == history else f"{path.stem}_new{path.suffix}"
        if path.parent == history or not path.name.startswith("drug_crosswalk"):
            (folder / name).symlink_to(path)
    return folder


def ours(history: Path, delivery: Path, out: Path, *, cold: bool) -> tuple[Taken, Taken]:
    """Two nights of ours on a new output folder, the files in the page cache or not."""
    taken = []
    for number, extracts in enumerate((history, delivery)):
        if cold and not drop_page_cache():
            message = "The page cache cannot be dropped."
            raise RuntimeError(message)
        day = (AS_OF + timedelta(days=number)).isoformat()
        command = (OURS, "run", "--no-prefect", "--quiet", "--extracts", extracts, "--out", out, "--as-of", day)
        taken.append(take(command, may_end_with=PUBLISHED))
    return taken[0], taken[1]


def measure(
    lines: int, file_format: str, peers: Path, work: Path, *, may_drop: bool = True
) -> tuple[list[Row], list[str], int]:
    """The rows of the result, who is left out and why, and how many implants all scripts found."""
    history, delivery, question = work / "history", work / "delivery", work / "codes.json"
    generate(Order(lines=lines, file_format=file_format, out=history))
    generate(Order(lines=lines // DELIVERY_SHARE, file_format=file_format, out=delivery, on_top_of=lines))
    question.write_text(json.dumps(codes()), encoding="utf-8")
    both = joined(history, delivery, work / "both")

    can_drop = may_drop and drop_page_cache()
    warm = ours(history, delivery, work / "out", cold=False)
    cold = ours(history, delivery, work / "cold", cold=True) if can_drop else (None, None)
    rows, left_out, answers = [Row("stimaudit", warm[0], cold[0], warm[1], cold[1])], [], []
    for who, script in PEERS.items():
        if script == "pyspark_script" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
            left_out.append(f"{who} needs Java (17 or 21), and there is none here: its row is left out.")
            continue
        taken: list[Taken | None] = []
        for extracts in (history, both):
            answer = work / f"{script}-{extracts.name}.csv"
            command = (peers, HERE / f"{script}.py", extracts, question, answer)
            take(command)
            taken.append(take(command))
            taken.append(take(command) if can_drop and drop_page_cache() else None)
            answers.append((extracts.name, answer.read_text(encoding="utf-8").replace("\r\n", "\n").replace('""', "")))
        rows.append(Row(who, *taken))  # type: ignore[arg-type]
    if not can_drop:
        left_out.append(
            "The page cache cannot be dropped here: only root of the machine itself can. Those cells are empty."
        )
    if len(set(answers)) != len({name for name, _ in answers}):
        message = "The scripts do not give the same rows, so their seconds say nothing."
        raise RuntimeError(message)
    return rows, left_out, answers[0][1].count("\n") - 1


def report(lines: int, file_format: str, measured: tuple[list[Row], list[str], int], load: Sequence[float]) -> str:
    """The rows as a table in Markdown, with what they were measured on."""
    rows, left_out, implants = measured

    def cell(taken: Taken | None) -> str:
        return taken.told() if taken else ""

    said = [
        f"| {row.who} | {cell(row.first)} | {cell(row.first_cold)} | {cell(row.after)} | {cell(row.after_cold)} |"
        for row in rows
    ]
    return "\n".join(
        [
            f"# {lines:,} claim lines, {file_format}, beside scripts of the narrow question ({implants:,} implants)",
            "",
            "| | first night | page cache dropped | the night after, 1 % new | page cache dropped |",
            "|---|---|---|---|---|",
            *said,
            "",
            "Ours lands, gates, judges, publishes and makes its pages; the scripts read all files both times. Seconds",
            "are those of the whole program, memory the most of its process tree. A warm pass is a script's second.",
            *left_out,
            "",
            (
                f"Python {platform.python_version()}, duckdb {version('duckdb')}, {os.cpu_count()} processors, "
                f"load {load[0]:.2f} before and {os.getloadavg()[0]:.2f} after."
            ),
            "",
        ]
    )


def main() -> None:
    """Measures, prints the table, and keeps it under `benchmarks/results/` when a name for it is given."""
    parser = argparse.ArgumentParser(description="Measure ours beside scripts of the narrow question.")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", dest="file_format")
    parser.add_argument("--peers", type=Path, required=True, help="the Python of the peers' own environment")
    parser.add_argument("--work", type=Path, help="folder below which the files go, and are removed at the end")
    parser.add_argument("--keep-page-cache", action="store_true", help="others work on this machine: do not drop it")
    parser.add_argument("--write", metavar="NAME", help="keep the table as benchmarks/results/NAME.md")
    arguments = parser.parse_args()
    load = os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="stimaudit-peers-", dir=arguments.work) as work:
        measured = measure(
            arguments.lines,
            arguments.file_format,
            arguments.peers.absolute(),
            Path(work),
            may_drop=not arguments.keep_page_cache,
        )
    text = report(arguments.lines, arguments.file_format, measured, load)
    sys.stdout.write(text)
    if arguments.write:
        (RESULTS / f"{arguments.write}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
