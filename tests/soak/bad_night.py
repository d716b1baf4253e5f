"""The runbook by doing: `docs/operations.md` through a bad night, each command as the page gives it.

`python -m tests.soak.bad_night` prints each command with its exit code, and ends with 1 where one ended otherwise than
the page says, said something else, or where a command of the page is neither tried here nor among those that cannot
be. Nothing is typed here that is not on the page: a command that the page no longer has stops the night.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.published_file import open_published
from tests.intake.landing import deliver
from tests.support.nights import delivery, eligible, implant
from tests.support.places import ROOT
from tests.support.two_sites import FIRST, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

PAGE = ROOT / "docs" / "operations.md"
COMMAND = re.compile(
    r"(?:stimaudit|tail|grep|df|ps|kill|journalctl|chmod|prefect|export|frictionless|openssl|rsync|install|git) [^`\n]*"
)
MORNING = "It is 3 in the morning"
WRONG = "A wrong delivery was published"
RESTORE = "Restore from the landed history"
NIGHT = "The normal night"
NOT_TRIED: Mapping[str, str] = {
    "frictionless validate": "the tool belongs to the sender; tests/reports/test_data_package.py reads the package",
    "prefect ": "tests/flows/test_prefect_server.py, against a server",
    "export PREFECT_": "as above",
    "journalctl": "the log of the system",
    "git ": "the state of the checkout",
    "kill -9 ": "the run is killed so in `A run is killed`",
    "tail -f": "it does not end",
}
"""Commands of the page that are not tried here, by how they begin, and why."""


@dataclass(frozen=True)
class Page:
    """The commands of a page, by section."""

    commands: Mapping[str, Sequence[str]]

    def one(self, section: str, beginning: str) -> str:
        """The one command of a section that begins so; raises ``LookupError`` where the page has it no more."""
        found = [command for command in self.commands[section] if command.startswith(beginning)]
        if not found:
            message = f"The section {section!r} of {PAGE.name} has no command that begins with {beginning!r}."
            raise LookupError(message)
        return found[0]


def read_page(text: str) -> Page:
    """The commands that a page gives, in the text and in blocks, by the title of their section."""
    found = {}
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        blocks = re.findall(r"(?ms)^```\n(.*?)^```", body)
        inline = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", body))
        lines = [line for block in blocks for line in block.splitlines()]
        lines += [line.strip() for line in re.findall(r"(?m)^    (\S.*)$", re.sub(r"(?ms)^```.*?^```", "", body))]
        whole = [line for line in lines if COMMAND.match(line) or line.startswith("(umask")]
        found[title] = [*(each for each in inline if COMMAND.fullmatch(each)), *whole]
    return Page(found)


@dataclass
class Night:
    """A folder with deliveries and outputs, a shell's environment, and what was done there."""

    folder: Path
    told: TextIO
    page: Page
    environment: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def written(self, command: str) -> str:
        """A command of the page with the names of this night in place of those in capitals."""
        runs = iter(self.names.get("RUN RUN", "").split())
        text = re.sub(r"\bRUN\b", lambda _: next(runs, self.names["RUN"]), command) if "RUN" in self.names else command
        for name, value in self.names.items():
            text = re.sub(rf"(?<![\w/.]){re.escape(name)}(?![\w])", value, text)
        return text

    def do(self, section: str, beginning: str, codes: set[int], says: str = "") -> str:
        """What a command of the page said; another exit code, or another word, is a fault."""
        command = self.page.one(section, beginning)
        self.done.append(command)
        ended = subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", self.written(command)],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip
        said = f"{ended.stdout}{ended.stderr}"
        self.told.write(f"$ {command}\n  [{ended.returncode}] {' / '.join(said.strip().splitlines()[-3:])[:300]}\n")
        self.told.flush()
        if ended.returncode not in codes:
            self.fault(f"{command} ended with {ended.returncode} and not with {codes}: {said[-1500:]}")
        if says not in " ".join(said.split()):
            self.fault(f"{command} did not say {says!r}: {said[-1500:]}")
        if "Traceback" in said:
            self.fault(f"{command} told in Python's words: {said[-1500:]}")
        return ended.stdout

    def start(self, section: str, beginning: str) -> subprocess.Popen[str]:
        """A command of the page, begun."""
        command = self.page.one(section, beginning)
        self.told.write(f"$ {command} &\n")
        return subprocess.Popen(
            ["/bin/bash", "-c", f"exec {self.written(command)}"],
            cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def run(self, codes: set[int], says: str = "") -> None:
        """The night as it is run by hand."""
        self.do(NIGHT, "stimaudit run --extracts EXTRACTS", codes, says)

    def status(self, codes: set[int], says: str) -> None:
        """What the first page asks."""
        self.do(MORNING, "stimaudit status --out OUT", codes, says)

    def fault(self, text: str) -> None:
        self.faults.append(text)
        self.told.write(f"FAULT {text}\n")

    def say(self, line: str) -> None:
        self.told.write(f"-- {line}\n")
        self.told.flush()


def begin(folder: Path, told: TextIO) -> Night:
    """A machine with the program installed, an empty output folder's name, and one delivery that has arrived."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    night = Night(folder, told, read_page(PAGE.read_text(encoding="utf-8")), {"PATH": path, **kept})
    for name in ("OUT", "EXTRACTS", "BACKUP", "FOLDER", "NEW", "DELIVERY"):
        night.names[name] = str(folder / name.lower())
    night.names["sql/controls"] = str(ROOT / "sql" / "controls")
    night.names["/etc/stimaudit.key"] = str(folder / "stimaudit.key")
    deliver(folder / "extracts", FIRST)
    (folder / "backup").mkdir()
    for command in ("export STIMAUDIT_OUT", "export STIMAUDIT_EXTRACTS"):
        [assigned] = night.page.one(MORNING, command).split()[1:]
        name, _, value = assigned.partition("=")
        night.environment[name] = night.names[value]
        night.done.append(night.page.one(MORNING, command))
    return night


def bad_night(night: Night) -> None:
    """All that goes wrong, one after the other."""
    night.say("a night as any other, through Prefect")
    night.run({0, 5}, "flagged for review")
    night.environment["STIMAUDIT_NO_PREFECT"] = "1"
    night.status({5}, "LOOK")
    night.do(MORNING, "stimaudit status --json", {5}, '"verdict"')
    night.do(NIGHT, "stimaudit verify", {0}, " 0 faults")
    night.do(NIGHT, "stimaudit report", {0}, "worklist.xlsx")
    night.do("Before a delivery is sent", "stimaudit dictionary --datapackage", {0})
    for command in ("tail -1", "grep '\"run_finished\"'", "grep '\"check_failed\"'"):
        night.do("Logs", command, {0}, "run_id" if "check" not in command else "check")
    backup(night)
    refused_and_corrected(night)
    wrong_and_rolled_back(night)
    killed_and_stopped(night)
    damaged_and_restored(night)
    disk_and_policy(night)
    key_set_and_forgotten(night)


def backup(night: Night) -> None:
    night.say("the backup")
    for command in ("rsync -a --ignore-existing OUT", "rsync -a OUT/landed/deliveries"):
        night.do(RESTORE, command, {0})


def refused_and_corrected(night: Night) -> None:
    night.say("a delivery is refused, and comes again corrected")
    extracts = night.folder / "extracts"
    (extracts / "medical_claim_tonight.csv").write_text("claim_id,member_id\nX,ada\n", encoding="utf-8")
    night.run({3}, "refused; nothing of this delivery was taken")
    night.status({3}, "ACT")
    night.do("A red night: messages and cures", "stimaudit validate --extracts EXTRACTS", {3}, "required column")
    night.do(MORNING, "stimaudit doctor --out OUT", {0, 3, 5})
    night.do("Exit codes", "stimaudit doctor", {0, 3, 5})
    (extracts / "medical_claim_tonight.csv").write_text(SECOND["medical_claim.csv"], encoding="utf-8")
    (extracts / "claim_diagnosis_tonight.csv").write_text(SECOND["claim_diagnosis.csv"], encoding="utf-8")
    night.run({0, 5}, "flagged for review")
    night.do("Exit codes", "stimaudit status", {0, 5})
    backup(night)


def wrong_and_rolled_back(night: Night) -> None:
    night.say("a wrong delivery is published, and taken back")
    strange = delivery(implant("Z9", "zoe", "2026-04-01"), {"Z9": "M5450"}, eligibility=eligible("zoe"))
    deliver(night.folder / "extracts", {name.replace(".csv", "_wrong.csv"): text for name, text in strange.items()})
    night.run({0, 5}, "flagged for review")
    log = night.do(WRONG, "grep '\"run_finished\"'", {0})
    runs = [run for line in log.splitlines() if (run := json.loads(line)["run_id"])]
    *_, before, wrong = dict.fromkeys(runs)
    night.names |= {"RUN": before, "RUN RUN": f"{before} {wrong}"}
    night.do(WRONG, "stimaudit diff RUN RUN", {0}, "Made of other: rows.")
    del night.names["RUN RUN"]
    night.do(WRONG, "stimaudit rollback RUN", {0}, f"Run {before} stands published again")
    night.do(WRONG, "stimaudit status", {0, 3, 5}, before)
    night.say("the sender voids the claims of the wrong delivery")
    header = strange["medical_claim.csv"].splitlines()[0]
    void = [f"{row[:-1]},Z9".replace("Z9,", "Z9V,", 1) for row in strange["medical_claim.csv"].splitlines()[1:]]
    voided = "\n".join([header, *(re.sub(r",,,,Z9$", ",2026-09-01,,8,Z9", row) for row in void)]) + "\n"
    (night.folder / "extracts" / "medical_claim_void.csv").write_text(voided, encoding="utf-8")
    night.run({0, 5}, "")
    night.do(NIGHT, "stimaudit verify", {0}, " 0 faults")


def killed_and_stopped(night: Night) -> None:
    night.say("a run is killed")
    started = night.start(NIGHT, "stimaudit run --extracts EXTRACTS")
    wait_for_work(night)
    started.kill()
    started.wait()
    night.status({3}, "The last run was killed")
    night.do("The last run was killed", "stimaudit doctor", {0, 3, 5})
    night.run({0, 5}, "flagged for review")
    night.say("a run hangs, and is ended")
    started = night.start(NIGHT, "stimaudit run --extracts EXTRACTS")
    wait_for_work(night)
    night.status({0}, "RUNNING")
    night.names["4711"] = str(started.pid)
    night.do("A lock that does not go away", "ps -fp 4711", {0}, "stimaudit")
    night.do("A lock that does not go away", "kill 4711", {0})
    if started.wait(timeout=120) != 128 + signal.SIGTERM:
        night.fault(f"a run that was ended with SIGTERM ended with {started.returncode}")
    night.status({3}, "stopped (SIGTERM)")
    night.run({0, 5}, "flagged for review")


def wait_for_work(night: Night) -> None:
    """Until the run that was begun holds the folder and has begun a stage."""
    log, until = night.folder / "out" / "log" / "stimaudit.jsonl", time.monotonic() + 120
    before = log.read_text(encoding="utf-8").count('"stage_started"')
    while log.read_text(encoding="utf-8").count('"stage_started"') == before and time.monotonic() < until:
        time.sleep(0.05)


def damaged_and_restored(night: Night) -> None:
    night.say("a landed file, a decision and a file of the publish are gone")
    out = night.folder / "out"
    night.do(RESTORE, "rsync -a --ignore-existing OUT", {0})
    night.do(RESTORE, "rsync -a OUT/landed/deliveries", {0})
    lost = max((out / "landed" / "medical_claim").iterdir())
    lost.unlink()
    night.run({6}, lost.name)
    shutil.copy2(night.folder / "backup" / "landed" / "medical_claim" / lost.name, lost)
    (out / "published" / "worklist.csv").write_bytes(b"")
    night.do(RESTORE, "stimaudit verify", {6}, "worklist.csv was changed")
    with open_published(out / "published") as connection:
        [[night.names["RUN"]]] = connection.execute("select run_id from run").fetchall()
    night.do(RESTORE, "stimaudit rollback RUN", {0}, "stands published again")
    wal = (out / "published").resolve() / "stimaudit.duckdb.wal"
    wal.write_bytes(b"x")
    night.do(NIGHT, "stimaudit report", {6}, "stimaudit.duckdb.wal")
    wal.unlink()
    night.do(RESTORE, "stimaudit verify", {0}, " 0 faults")
    night.say("all of OUT is gone")
    published = asked(out)
    out.rename(night.folder / "gone")
    night.do(RESTORE, "install -d -m 750 OUT", {0})
    shutil.copytree(night.folder / "backup" / "landed", out / "landed")
    night.run({0, 5}, "flagged for review")
    if asked(out) != published:
        night.fault("the audit made again from the backup of what landed is another")
    shutil.rmtree(out)
    (night.folder / "gone").rename(out)


def asked(out: Path) -> list[tuple[object, ...]]:
    """What the published audit says of its episodes."""
    with open_published(out / "published") as connection:
        return connection.execute("select episode_id, outcome, paid_amount from episode_review order by all").fetchall()


def disk_and_policy(night: Night) -> None:
    night.say("the disk, the policies, the control members")
    night.do("The disk is full", "df -h OUT", {0})
    night.do("The disk is full", "stimaudit status", {0, 5})
    night.do("The disk is full", "stimaudit doctor", {0, 3, 5}, "disk")
    night.do("A policy is overdue", "stimaudit policy check", {0}, "0 faults")
    night.do("A red night: messages and cures", "stimaudit test sql/controls", {0})


def key_set_and_forgotten(night: Night) -> None:
    night.say("a key is made, the audit begun anew with it, the key forgotten and given again")
    section, key = "Encryption", "STIMAUDIT_KEY_FILE"
    with open_published(night.folder / "out" / "published") as connection:
        [[case]] = connection.execute("select case_id from finding order by case_id limit 1").fetchall()
    night.names["CASE"] = case
    shutil.copytree(night.folder / "extracts", night.folder / "delivery")
    night.do(section, "(umask 077; openssl", {0})
    for command in ("export STIMAUDIT_KEY_FILE=/etc", "export STIMAUDIT_KEY_FILE=<the"):
        night.done.append(night.page.one(section, command))
    night.environment[key] = night.names["/etc/stimaudit.key"]
    night.run({2}, "is not encrypted and a key is given")
    night.do(section, "stimaudit run --extracts DELIVERY --out NEW", {0, 5}, "flagged for review")
    clear = {name: value for name, value in night.environment.items() if name != key}
    night.environment, with_key = clear, night.environment
    for command in ("stimaudit run --extracts DELIVERY --out NEW", 'stimaudit sql "select outcome'):
        if "sql" in command:
            night.environment = {**clear, "STIMAUDIT_OUT": night.names["NEW"]}
        night.do(section, command, {2}, "is encrypted and no key is given")
    night.do(section, "stimaudit verify", {0}, " 0 faults")
    night.environment = {**with_key, "STIMAUDIT_OUT": night.names["NEW"]}
    key_file = Path(night.names["/etc/stimaudit.key"])
    key_file.chmod(0o644)
    night.do(section, "stimaudit doctor", {2}, "is open to others")
    night.names["chmod 600"] = f"chmod 600 {key_file}"
    night.do(section, "chmod 600", {0})
    del night.names["chmod 600"]
    night.do(section, "stimaudit doctor", {0, 3, 5})
    night.do(section, "stimaudit report --to FOLDER", {0}, "in the clear")
    night.do(section, "stimaudit letter CASE --to FOLDER", {0, 2}, "")
    in_new = night.do(section, 'stimaudit sql "select outcome', {0})
    question = "select count(*) as episodes from audit.episode_review"
    (night.folder / "question.sql").write_text(question, encoding="utf-8")
    night.do(section, "stimaudit sql - < question.sql", {0}, "episodes")
    night.environment = {**clear, "STIMAUDIT_OUT": night.names["OUT"]}
    if night.do(section, 'stimaudit sql "select outcome', {0}) != in_new:
        night.fault("the audit landed again with a key differs from that in the clear")
    night.say("decisions are carried over")
    ended = subprocess.run(
        [Path(sys.executable).with_name("stimaudit"), "decision", "record", case, "--outcome", "FINDING_SUPPORTED",
         "--reason", "no_conservative_care_in_record", "--reviewer", "Ann Lee", "--credential", "MD", "--state", "NY"],
        env=night.environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if ended.returncode:
        night.fault(f"a decision could not be recorded: {ended.stderr}{ended.stdout}")
    night.environment = with_key
    night.do(section, "stimaudit decision carry --from OUT --out NEW", {0}, "1 decisions")
    night.do(section, "stimaudit run --extracts DELIVERY --out NEW", {0, 5})


def untried(page: Page, done: Sequence[str]) -> list[str]:
    """The commands of the page that were not done, and that nothing says why."""
    short = {"stimaudit run", "stimaudit validate", "stimaudit sql", "stimaudit doctor", "stimaudit status"}
    return sorted(
        {
            command
            for commands in page.commands.values()
            for command in commands
            if command not in done and not command.startswith(tuple(NOT_TRIED)) and command not in short
        }
    )


def main() -> int:
    """One bad night."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stimaudit-night-") as folder:
        night = begin(Path(folder), sys.stdout)
        bad_night(night)
        for command in untried(night.page, night.done):
            night.fault(f"the page has a command that nobody tried: {command}")
    seconds = f"{time.monotonic() - began:,.0f} s"
    night.say(f"{len(night.done)} commands of {PAGE.name}, {seconds}, {len(night.faults)} faults")
    return 1 if night.faults else 0


if __name__ == "__main__":
    sys.exit(main())
