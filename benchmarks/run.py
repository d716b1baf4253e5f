"""Measures the bars the pipeline must meet: `python -m benchmarks.run --lines 10000000 --format csv`.

Every step runs in a process of its own, so that its peak memory is its own, and every step of the pipeline is held
against a bare DuckDB pass over the same bytes in the same run. The figures are ratios; seconds are shown beside them,
with the load of the machine, for they mean nothing on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.blocks import BLOCKS_PER_STORY
from benchmarks.generate import Order, generate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SAMPLE_SECONDS = 0.05
DELIVERY_SHARE = 100
"""The nightly delivery is one in this many of the history's lines."""
MEMORY_BAR_BYTES = 10**9
SMALLER = 4
"""The history that a night is also measured on has one in this many of the lines, and as many candidates."""
AFTER_GATES = ("narrow", "audit", "publish", "report")
"""The stages of a night that follow its gates."""
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measured:
    """What one step took: seconds, peak bytes of its whole process tree, and what it told."""

    step: str
    seconds: float
    peak_bytes: int
    told: dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One line of the result: ours against the bare pass, and how many times as long it may take."""

    name: str
    ours: Measured
    bare: Sequence[Measured]
    at_most: float

    @property
    def bare_seconds(self) -> float:
        """The seconds that ours is held against."""
        return sum(measured.seconds for measured in self.bare)

    @property
    def ratio(self) -> float:
        """How many times as long ours took."""
        return self.ours.seconds / self.bare_seconds


@dataclass
class PeakMemory:
    """The most memory that a process and its descendants held together, sampled from /proc."""

    root: int
    peak_bytes: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Samples until ``done``."""
        while not self.done.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, sum(resident_bytes(pid) for pid in tree(self.root)))


def tree(root: int) -> Iterable[int]:
    """The process ``root`` and all its descendants that are alive."""
    yield root
    for children in Path(f"/proc/{root}/task").glob("*/children"):
        try:
            pids = [int(pid) for pid in children.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for pid in pids:
            yield from tree(pid)


def resident_bytes(pid: int) -> int:
    """The resident memory of one process; 0 when it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def measure(step: str, *folders: Path) -> Measured:
    """What ``step`` of `benchmarks.stages` takes on ``folders``, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.stages", step, *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  our own module
        memory = PeakMemory(process.pid)
        watcher = threading.Thread(target=memory.watch)
        watcher.start()
        output, _ = process.communicate()
        memory.done.set()
        watcher.join()
    if process.returncode != 0:
        message = f"The step {step} ended with exit code {process.returncode}; its own message stands above."
        raise RuntimeError(message)
    told = json.loads(output.splitlines()[-1])
    return Measured(step, told.pop("seconds"), memory.peak_bytes, told)


def fresh(folder: Path) -> Path:
    """``folder``, without anything an earlier step left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def measure_bars(lines: int, file_format: str, work: Path) -> list[Bar]:
    """Every bar at ``lines`` claim lines, all files below ``work``."""
    other = "parquet" if file_format == "csv" else "csv"
    history, delivery, out = work / file_format, work / "delivery", work / "out"
    generate(Order(lines=lines, file_format=file_format, out=history))
    generate(Order(lines=lines // DELIVERY_SHARE, file_format=file_format, out=delivery, on_top_of=lines))

    bars = [landing_bar(file_format, history, out, work)]
    at_rest = measure("bare_scan_claims", out), measure("bare_scan_history", fresh_spill(out))
    audit = measure("audit_landed", out)
    bars += [
        Bar("first audit / scan for the candidates' history", after_gates(audit), [at_rest[1]], 1.6),
        Bar("first audit, program and controls too / scan for the claim lines alone", audit, [at_rest[0]], 3.0),
    ]
    alone = measure("land_delivery", delivery, work / "alone")
    night = measure("run_nightly", delivery, out)
    bars += [
        Bar("nightly with 1 % new / landing it alone + one audit", night, [alone, audit], 1.3),
        Bar("night after its gates / scan for the candidates' history", after_gates(night), [at_rest[1]], 0.6),
        Bar(
            "night after its gates / the same on a quarter of the history",
            after_gates(night),
            [after_gates(smaller_night(lines, file_format, work))],
            1.2,
        ),
    ]

    fresh(history)
    generate(Order(lines=lines, file_format=other, out=work / other))
    bars.append(landing_bar(other, work / other, work / "other", work))
    return bars


def after_gates(run: Measured) -> Measured:
    """The stages of ``run`` that follow its gates: what landing and checking cost is measured elsewhere."""
    seconds = sum(run.told["stages"].get(stage, 0.0) for stage in AFTER_GATES)
    return replace(run, seconds=seconds)


def smaller_night(lines: int, file_format: str, work: Path) -> Measured:
    """The night with a delivery as large, on a history of a quarter of the lines with as many candidates."""
    history, delivery, out = work / "quarter", work / "quarter-delivery", work / "quarter-out"
    of_history = lines // SMALLER
    stories = BLOCKS_PER_STORY // SMALLER
    generate(Order(lines=of_history, file_format=file_format, out=history, blocks_per_story=stories))
    generate(Order(lines=lines // DELIVERY_SHARE, file_format=file_format, out=delivery, on_top_of=of_history))
    measure("land_delivery", history, fresh(out))
    fresh(history)
    measure("audit_landed", out)
    night = measure("run_nightly", delivery, out)
    fresh(delivery)
    fresh(out)
    return night


def fresh_spill(out: Path) -> Path:
    """``out`` without spill files of an earlier step."""
    fresh(out / "spill")
    return out


def landing_bar(file_format: str, extracts: Path, out: Path, work: Path) -> Bar:
    """Landing with its gates against a bare copy of the same files."""
    bare = measure("bare_copy", extracts, fresh(work / "bare"))
    fresh(work / "bare")
    ours = measure("land_delivery", extracts, fresh(out))
    return Bar(f"landing {file_format}, gates included / bare copy", ours, [bare], 1.5 if file_format == "csv" else 1.3)


def report(lines: int, bars: Sequence[Bar], load_before: tuple[float, float, float]) -> str:
    """The bars as a table in Markdown, with what they were measured on."""
    load_after = os.getloadavg()
    rows = [
        f"| {bar.name} | {bar.ours.seconds:.1f} s | {bar.bare_seconds:.1f} s | {bar.ratio:.2f} | {bar.at_most} "
        f"| {'met' if bar.ratio <= bar.at_most else 'not met'} | {bar.ours.peak_bytes / 1e6:,.0f} MB |"
        for bar in bars
    ]
    stages = [
        f"- {bar.ours.step}: "
        + ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in bar.ours.told.get("stages", {}).items())
        for bar in bars
    ]
    peak = max(bar.ours.peak_bytes for bar in bars)
    return "\n".join(
        [
            f"# {lines:,} claim lines",
            "",
            "| what | ours | bare DuckDB | ratio | at most | | peak memory |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            (
                f"Peak memory {peak / 1e6:,.0f} MB, bar {MEMORY_BAR_BYTES / 1e6:,.0f} MB: "
                f"{'met' if peak <= MEMORY_BAR_BYTES else 'not met'}."
            ),
            "",
            *dict.fromkeys(stages),
            "",
            (
                f"Python {platform.python_version()}, duckdb {version('duckdb')}, polars {version('polars')}, "
                f"{os.cpu_count()} processors, load {load_before[0]:.2f} before and {load_after[0]:.2f} after."
            ),
            "",
        ]
    )


def main() -> None:
    """Measures, prints the table, and keeps it under `benchmarks/results/` when a date for it is given."""
    parser = argparse.ArgumentParser(description="Measure the bars on generated extracts.")
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", dest="file_format")
    parser.add_argument(
        "--work", type=Path, help="folder for the files; by default a temporary one, removed at the end"
    )
    parser.add_argument("--write", metavar="DATE", help="keep the table as benchmarks/results/DATE.md")
    arguments = parser.parse_args()
    load_before = os.getloadavg()
    if arguments.work:
        bars = measure_bars(arguments.lines, arguments.file_format, arguments.work)
    else:
        with tempfile.TemporaryDirectory(prefix="stimaudit-benchmark-") as work:
            bars = measure_bars(arguments.lines, arguments.file_format, Path(work))
    text = report(arguments.lines, bars, load_before)
    sys.stdout.write(text)
    if arguments.write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{arguments.write}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
