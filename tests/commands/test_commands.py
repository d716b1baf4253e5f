"""Every command and option, through the installed program.

Rightly and wrongly used, on nothing, on names nobody knows, on an encrypted folder and on one of an older version.
"""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
import typer

from pipelines.commands.cli import GROUPS, app
from pipelines.ground.errors import EXIT_CODES, ExitCode
from pipelines.ground.formats import FORMATS
from pipelines.ground.published_file import open_published
from pipelines.ground.run_lock import run_lock
from pipelines.ground.sealed_json import sealed_text, unsealed
from pipelines.review.decision_import import import_decisions
from tests.intake.landing import deliver
from tests.support.installed import PROGRAM, call_environment
from tests.support.places import ROOT
from tests.support.review_in_small import FLAG_ERROR, SUPPORTED, case_rows, write_rows
from tests.support.two_sites import CANARIES, SECOND, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.commands.conftest import Site
    from tests.support.installed import Installed
    from tests.support.two_sites import TwoSites

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
AT = ("--out", "{out}")
NO_SUCH = "R20260630-00000000"
EXAMPLES = ROOT / "sample_data" / "examples"

Call = tuple[str, ...]

RIGHT: Mapping[Call, str] = {
    ("status", *AT): "Feeds reach",
    ("doctor", *AT, "--extracts", "{beside}"): "fonts are there",
    ("rollback", "{before}", *AT): "stands published again (entry 3 of the history)",
    ("show", "{episode}", *AT): "Flagged for review. No determination has been made",
    ("show", "{bea}", *AT): "Flagged for review",
    ("show", "{claim}", *AT): "Flagged for review",
    ("letter", "{bea}", *AT, "--to", "{out}/../letters", "--template", "{letter}"): "-records-request-RR-",
    ("decision", "list", *AT): "1 returned",
    ("report", *AT): "worklist.xlsx",
    ("report", *AT, "--to", "{out}/../clear"): "worklist.csv",
    ("metrics", *AT, "--since", "2026-01-01"): "second reviews that agree",
    ("sample", "--seed", "7", *AT, "--since", "2026-01-01", "--to", "{out}/../form.csv"): "Sample of run",
    ("sample", "--seed", "7", *AT, "--format", "csv"): "case_id,stratum,outcome",
    (
        *("sql", "select 6 * 7 as answer", *AT, "--purpose", "a test"),
        *("--config", "{out}/../settings.toml", "--format", "csv"),
    ): "answer\n42\n",
    ("dictionary", "finding", *AT): "One row per flagged episode",
    ("dictionary", "audit.finding.paid_amount", *AT, "--format", "csv"): "finding,paid_amount,",
    ("dictionary", "--datapackage"): '"resources"',
    ("diff", "{before}", "{run}", *AT): "Made of other: rows.",
    ("diff", "{before}", "{run}", *AT, "--format", "csv"): "case_id,member_id,case_difference",
    ("verify", *AT, "--anchor", "{out}/../kept.anchor", "--history"): " 0 faults",
    ("policy", "show"): "evidence_low_back_pain",
    ("policy", "show", "medicare_ncd_160_7"): "Question",
    ("policy", "check", "--as-of", "2026-12-01"): "3 policies, 0 faults.",
    (
        "policy",
        "compare",
        "evidence_low_back_pain",
        "commercial_strict",
        *AT,
        "--as-of",
        "2026-06-30",
    ): "commercial_str",
    ("value-sets", "show"): "index_procedures",
    ("value-sets", "show", "index_procedures", "--format", "csv"): "63650",
    ("value-sets", "check"): ", 0 faults",
    ("value-sets", "drift", *AT, "--format", "csv"): "family,value_set,code_system",
}
"""Calls that end well, with something that they say on standard output."""

RECORDED: Mapping[Call, str] = {
    ("decision", "record", "{bea}", "--outcome", "finding_supported", "--reason", "no_conservative_care_in_record",
     "--reviewer", "Ann Lee", "--credential", "MD", "--state", "NY", "--decided-on", "2026-07-02", "--by", "Lead", *AT):
        "1 rows: 1 ok",
    ("decision", "record", "{bea}", "--outcome", "AGREED", "--reviewer", "Bo Rivera", "--kind", "second_review", *AT):
        "1 rows: 1 ok",
    ("decision", "record", "{episode}", "--outcome", "PARTIAL", "--reason", "internal", "--reviewer", "Ann Lee", *AT):
        "1 rows: 1 ok",
    ("decision", "record", "{bea}", "--outcome", "RECOVERY_OPENED", "--reviewer", "Ann Lee", "--dry-run", *AT):
        "nothing written (dry run)",
    ("decision", "record", "{bea}", "--outcome", "RECOVERY_OPENED", "--reviewer", "Ann Lee", "--note", "a letter", *AT):
        "1 rows: 1 ok",
}  # fmt: skip
"""What is recorded of one case, one after the other: a review, a second review, an appeal, a payment action."""

ELSEWHERE: Mapping[str, str] = {
    "demo": "tests/house/test_readme.py, tests/house/test_wheel.py",
    "validate": "tests/commands/test_cli.py, test_what_run_and_validate_take_from_the_environment",
    "run": "tests/whole/test_canaries.py, test_what_run_and_validate_take_from_the_environment",
    "reproduce": "test_a_past_run_is_made_again",
    "test": "test_examples_are_proved",
    "decision import": "test_the_form_of_a_sample_comes_back",
    "decision carry": "tests/whole/test_encryption.py",
}
"""Commands that other tests call rightly, and where: they take seconds, or change a folder."""


HERE = "tests/commands/test_commands.py"
OPTIONS_ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "demo --out": ("tests/house/pythons.py", '"demo", "--out"'),
    "demo --no-prefect": ("tests/house/test_wheel.py", '"--no-prefect"'),
    "run --extracts": (HERE, '"run", "--no-prefect", "--extracts"'),
    "run --out": (HERE, '"--out", changing.out, *option'),
    "run --as-of": (HERE, '"--as-of", "2026-06-29"'),
    "run --policy": (HERE, '("--policy", "medicare")'),
    "run --config": ("tests/commands/test_bounds.py", '"--config"'),
    "run --assume-enrolled": (HERE, '"--assume-enrolled"'),
    "run --synthetic": (HERE, '"--synthetic"'),
    "run --accept-change": (HERE, '"--accept-change"'),
    "run --because": (HERE, '"--because"'),
    "run --earlier-is-meant": (HERE, '"--earlier-is-meant"'),
    "run --no-prefect": (HERE, '"--no-prefect"'),
    "validate --extracts": (HERE, '"validate", "--extracts"'),
    "validate --out": (HERE, '"--out", site.out, "--as-of"'),
    "validate --as-of": (HERE, '"--out", site.out, "--as-of"'),
    "validate --policy": (HERE, 'run_with = ("--policy", "evidence_low_back_pain", "--assume-enrolled"'),
    "validate --assume-enrolled": (HERE, 'run_with = ("--policy", "evidence_low_back_pain", "--assume-enrolled"'),
    "validate --config": (HERE, '"--config", tmp_path / "settings.toml"'),
    "reproduce --out": (HERE, '"reproduce", changing.before, "--out"'),
    "test --policies": (HERE, '"--policies", ROOT'),
    "decision import --out": (HERE, '"decision", "import", file, "--by", "Lead", "--out"'),
    "decision import --by": (HERE, '"decision", "import", file, "--by", "Lead", "--out"'),
    "decision import --dry-run": (HERE, '"decision", "import", file, "--dry-run"'),
    "decision carry --from": ("tests/whole/test_encryption.py", '"--from"'),
    "decision carry --out": ("tests/whole/test_encryption.py", '"--out"'),
    "decision record --replaces": (HERE, '"--replaces", in_force'),
}
"""Options that no call above gives, and the test that does."""


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command by its whole name."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        if below is None:
            yield name, command
        else:
            yield from ((f"{name} {each}", inner) for each, inner in below.items())


NAMES = [name for name, _ in commands()]
LOOK_INTO_OUT = [name for name, command in commands() if any(each.name == "out" for each in command.params)]
ARGUMENTS: Mapping[str, Call] = {
    "rollback": (NO_SUCH,),
    "reproduce": (NO_SUCH,),
    "show": ("E-0000000000000000",),
    "letter": ("NA-2026-000000000000",),
    "sample": ("--seed", "7"),
    "sql": ("select 1",),
    "diff": (NO_SUCH, NO_SUCH),
    "policy compare": ("evidence_low_back_pain", "commercial_strict"),
    "decision import": ("{beside}/none.csv",),
    "decision record": ("NA-2026-000000000000", "--outcome", "AGREED", "--reviewer", "Ann Lee"),
    "decision carry": ("--from", "{beside}/none"),
    "validate": ("--extracts", "{beside}/none"),
    "run": ("--extracts", "{beside}/none"),
    "test": ("{beside}/none",),
}
"""What a command must be given besides a folder."""


def named(site: Site, call: Sequence[str]) -> list[str]:
    letter = ROOT / "pipelines" / "reports" / "templates" / "letter.toml"
    return [site.named(part.replace("{letter}", str(letter))) for part in call]


def called(name: str, *more: object) -> list[str]:
    return [*name.split(), *ARGUMENTS.get(name, ()), *map(str, more)]


# Right use


@pytest.mark.parametrize("call", RIGHT, ids=" ".join)
def test_a_command_that_is_rightly_used_says_what_was_asked(stimaudit: Installed, changing: Site, call: Call) -> None:
    ended = stimaudit(*named(changing, call))

    assert RIGHT[call] in ended.out
    expected = {"status", "doctor"} & {call[0]}
    assert ended.code == ExitCode.DONE or expected, ended.err
    assert not ended.has_trace


def test_every_command_is_called_and_with_every_option() -> None:
    calls = [*RIGHT, *RECORDED]
    given = {name: {part for call in calls if " ".join(call).startswith(name) for part in call} for name in NAMES}
    everywhere = {"--help", "--json", "--quiet", "--verbose"}
    missing = {
        f"{name} {option.opts[0]}"
        for name, command in commands()
        for option in command.params
        if option.param_type_name == "option"
    } - {f"{name} {part}" for name, parts in given.items() for part in parts | everywhere}

    assert [name for name, parts in given.items() if not parts and name not in ELSEWHERE] == []
    assert missing == set(OPTIONS_ELSEWHERE)
    gone = {
        option
        for option, (file, words) in OPTIONS_ELSEWHERE.items()
        if words not in (ROOT / file).read_text(encoding="utf-8").replace(f"{words})", "", 1)
    }
    assert gone == set()


def test_a_review_a_second_one_an_appeal_and_a_payment_are_recorded_and_shown_at_once(
    stimaudit: Installed, changing: Site
) -> None:
    for call, told in RECORDED.items():
        ended = stimaudit(*named(changing, call))
        assert told in ended.out, ended.out + ended.err
        assert ended.code == ExitCode.DONE

    asked = "select decision_kind, review_outcome from audit.decision where case_id = '{bea}' order by import_number"
    shown = stimaudit("sql", changing.named(asked), "--out", changing.out, "--json").json
    assert [tuple(row.values()) for row in shown] == [
        ("review", "FINDING_SUPPORTED"),
        ("second_review", "AGREED"),
        ("appeal", "PARTIAL"),
        ("payment_action", "RECOVERY_OPENED"),
    ]
    asked = "select case_status, appeal_outcome, payment_action from audit.case_status where case_id = '{bea}'"
    [status] = stimaudit("sql", changing.named(asked), "--out", changing.out, "--json").json
    assert tuple(status.values()) == ("decided", "PARTIAL", "RECOVERY_OPENED")
    assert stimaudit("verify", "--out", changing.out).code == ExitCode.DONE


def test_decisions_stand_in_the_audit_also_after_an_earlier_run_was_put_back(
    stimaudit: Installed, changing: Site
) -> None:
    stimaudit(*named(changing, next(iter(RECORDED))))
    stimaudit("rollback", changing.before, "--out", changing.out)

    asked = changing.named("select case_status from audit.case_status where case_id = '{bea}'")
    assert stimaudit("sql", asked, "--out", changing.out, "--json").json == [{"case_status": "decided"}]
    assert stimaudit("verify", "--out", changing.out).code == ExitCode.DONE


def test_an_import_while_a_run_is_at_work_is_recorded_and_says_when_it_shows(
    stimaudit: Installed, changing: Site
) -> None:
    row = case_rows(changing.out / "published")["bea"] | FLAG_ERROR
    file = write_rows(changing.out.parent / "reviewed.csv", row)

    with run_lock(changing.out, since=datetime(2026, 7, 3, tzinfo=UTC)):
        ended = stimaudit("decision", "import", file, "--by", "Lead", "--out", changing.out)

    assert ended.code == ExitCode.DONE
    assert "1 rows: 1 ok" in ended.out
    assert "audit.decision shows them when that run has published" in ended.err


def test_another_persons_outcome_is_replaced_by_its_name_alone(stimaudit: Installed, changing: Site) -> None:
    stimaudit(*named(changing, next(iter(RECORDED))))
    asked = ["decision", "record", changing.bea, "--outcome", "NO_RESPONSE", "--reason", "no_reply"]
    asked += ["--reviewer", "Bo Rivera", "--out", str(changing.out)]
    query = changing.named("select decision_id from audit.decision where case_id = '{bea}'")
    [in_force] = stimaudit("sql", query, "--out", changing.out, "--json").json

    refused = stimaudit(*asked)
    taken = stimaudit(*asked, "--replaces", in_force["decision_id"])

    assert (refused.code, taken.code) == (ExitCode.USAGE, ExitCode.DONE)
    assert "another reviewer recorded an outcome" in refused.out


def test_a_letter_for_a_decided_case_is_written_with_a_warning(stimaudit: Installed, changing: Site) -> None:
    before = stimaudit("letter", changing.bea, "--out", changing.out)
    stimaudit(*named(changing, next(iter(RECORDED))))
    after = stimaudit("letter", changing.bea, "--out", changing.out)
    in_json = stimaudit("letter", changing.bea, "--out", changing.out, "--json")

    assert "is decided" not in before.err
    assert "warning: The case is decided: FINDING_SUPPORTED by Ann Lee, MD, licence NY on 2026-07-02" in after.err
    assert after.out == before.out
    assert "The case is decided" in in_json.json["warnings"][0]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_form_of_a_sample_comes_back(stimaudit: Installed, changing: Site, tmp_path: Path, suffix: str) -> None:
    form = tmp_path / "form" / f"second.{suffix}"
    stimaudit(*named(changing, next(iter(RECORDED))))
    drawn = stimaudit("sample", "--seed", "7", "--to", form, "--out", changing.out)
    assert drawn.code == ExitCode.DONE

    filled = {"review_outcome": "AGREED", "reviewer": "Bo Rivera", "decided_on": "2026-07-03"}
    fill_in(form, {"second_level": filled})
    back = stimaudit("decision", "import", form, "--by", "Lead", "--out", changing.out, "--json")

    assert back.json["recorded_count"] == 2, back.out + back.err
    assert stimaudit("decision", "import", form, "--out", changing.out, "--json").json["already_recorded_count"] == 2
    asked = "select distinct review_outcome from audit.decision where decision_kind = 'second_review'"
    assert stimaudit("sql", asked, "--out", changing.out, "--json").json == [{"review_outcome": "AGREED"}]


def fill_in(form: Path, by_stratum: Mapping[str, Mapping[str, str]]) -> None:
    """Fills in the rows of a form, as a reviewer does."""
    if form.suffix == ".csv":
        rows = list(csv.DictReader(StringIO(form.read_text(encoding="utf-8"))))
        filled = [{**row, **by_stratum.get(row["stratum"], {})} for row in rows]
        write_rows(form, *filled, columns=tuple(rows[0]))
        return
    workbook = openpyxl.load_workbook(form)
    sheet = workbook["Worklist"]
    columns = {str(cell.value): int(cell.column or 0) for cell in sheet[2]}
    for row in range(3, sheet.max_row + 1):
        for name, value in by_stratum.get(str(sheet.cell(row, columns["stratum"]).value), {}).items():
            sheet.cell(row, columns[name]).value = value
    workbook.save(form)


def test_a_past_run_is_made_again(stimaudit: Installed, changing: Site) -> None:
    ended = stimaudit("reproduce", changing.before, "--out", changing.out, "--json")

    assert ended.json["run_id"] == changing.before
    assert ended.json["is_same"], ended.err


def test_examples_are_proved(stimaudit: Installed, tmp_path: Path) -> None:
    [example] = sorted(EXAMPLES.glob("*.txt"))[:1]
    (tmp_path / example.name).write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    ended = stimaudit("test", tmp_path, "--policies", ROOT / "sql" / "policies", "--json")

    assert ended.code == ExitCode.DONE, ended.err
    assert ended.json["not_met_count"] == 0
    assert all(example["is_met"] for example in ended.json["examples"])


# Wrong use


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_is_not_there_is_usage_and_help_has_an_example(stimaudit: Installed, name: str) -> None:
    wrong = stimaudit(*name.split(), "--no-such-option")
    taught = stimaudit(*name.split(), "--help")

    assert wrong.code == ExitCode.USAGE
    assert not wrong.has_trace
    assert wrong.out == ""
    assert taught.code == ExitCode.DONE
    assert "Example" in taught.out
    assert f"stimaudit {name}" in " ".join(taught.out.split())


@pytest.mark.parametrize("name", [name for name in NAMES if name in ARGUMENTS and name not in {"validate", "run"}])
def test_what_a_command_must_be_given_is_missed(stimaudit: Installed, name: str) -> None:
    ended = stimaudit(*name.split())

    assert ended.code == ExitCode.USAGE
    assert "Missing" in ended.err


def test_less_and_more_at_once_is_usage(stimaudit: Installed) -> None:
    assert stimaudit("policy", "show", "--quiet", "--verbose").code == ExitCode.USAGE


@pytest.mark.parametrize("name", NAMES)
def test_every_path_refuses_an_address(stimaudit: Installed, tmp_path: Path, name: str) -> None:
    paths = [each.opts[0] for each in dict(commands())[name].params if is_path(each)]
    for option in paths:
        given = () if option == "--extracts" else ("--extracts", tmp_path)
        needed = given if name in {"run", "validate"} else ARGUMENTS.get(name, ())
        out = ("--out", tmp_path / "out") if name == "run" and option != "--out" else ()
        ended = stimaudit(*name.split(), *needed, *out, option, "s3://bucket/folder", folder=tmp_path)

        assert ended.code == ExitCode.USAGE
        assert "The path s3://... is an address" in ended.err
        assert list(tmp_path.iterdir()) == []
    assert paths or name not in LOOK_INTO_OUT


def is_path(option: object) -> bool:
    """Whether an option of a command takes a path."""
    described = getattr(option, "type_descriptor", None)
    return getattr(option, "param_type_name", "") == "option" and "Path" in str(getattr(described, "annotation", ""))


def test_an_output_folder_from_the_environment_is_no_address_either(stimaudit: Installed, tmp_path: Path) -> None:
    ended = stimaudit("run", "--extracts", tmp_path, folder=tmp_path, env={"STIMAUDIT_OUT": "s3://bucket/folder"})

    assert "The path s3://... is an address" in ended.err
    assert list(tmp_path.iterdir()) == []


# Nothing there


@pytest.mark.parametrize("name", LOOK_INTO_OUT)
def test_where_nothing_is_a_command_says_so_and_leaves_nothing(
    stimaudit: Installed, site: Site, tmp_path: Path, name: str
) -> None:
    if name == "demo":
        pytest.skip("it makes its folder: that is what it is for")
    ended = stimaudit(*named(site, called(name)), "--out", tmp_path / "none")

    assert ended.code in {"status": {3}, "doctor": {0, 5, 3}}.get(name, {ExitCode.USAGE}), ended.err
    assert not ended.has_trace
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("query", ["", ";", " ; ;", "  ", "/* nothing */"])
def test_an_empty_query_is_told(stimaudit: Installed, site: Site, query: str) -> None:
    as_argument = stimaudit("sql", query, "--out", site.out)
    from_input = stimaudit("sql", "-", "--out", site.out, asks=query)

    assert [as_argument.code, from_input.code] == [ExitCode.USAGE] * 2
    assert "There is no query in what was given" in as_argument.err
    assert from_input.err == as_argument.err


def test_a_query_is_read_from_standard_input(stimaudit: Installed, site: Site) -> None:
    asked = "-- a comment\nselect outcome,\n  count(*) as episodes\nfrom audit.finding group by all;\n"
    ended = stimaudit("sql", "-", "--out", site.out, "--json", asks=asked)

    assert ended.json == [{"outcome": "flagged", "episodes": 2}]


# Names that nobody knows


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("diff", "{run}0", "{run}", *AT), "knows no run of that name. Near: R20260630-"),
        (("rollback", "{run}0", *AT), "knows no run of that name. Near: R20260630-"),
        (("reproduce", "{run}0", *AT), "knows no run of that name. Near: R20260630-"),
        (("diff", NO_SUCH, NO_SUCH, *AT), "Known: R20260630-"),
        (("show", "E-0000000000000000", *AT), "knows no episode, case or claim of that name."),
        (("show", "{bea}0", *AT), "Near: NA-2026-"),
        (("letter", "{bea}0", *AT), "knows no flagged or held case of that name. Near: NA-2026-"),
        (
            ("decision", "record", "{bea}0", "--outcome", "AGREED", "--reviewer", "A", *AT),
            "knows no case of that name. Near: NA-2026-",
        ),
        (("dictionary", "findings", *AT), "knows no table of that name. Near: finding"),
        (("dictionary", "finding.paid_amout", *AT), "knows no column of that name. Near: paid_amount"),
        (("sql", "select paid_amout from audit.finding", *AT), "not found in FROM clause! Near: paid_amount."),
        (("policy", "show", "medicare"), "knows no policy of that name. Near: medicare_ncd_160_7. Known: commercial"),
        (("policy", "compare", "medicare", "commercial_strict", *AT), "knows no policy of that name."),
        (("value-sets", "show", "index_procedure"), "knows no value set of that name. Near: index_procedures"),
        (("test", "{beside}/none"), "there is no example file (*.txt) here"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_an_unknown_name_ends_with_two_and_is_told_with_what_is_near(
    stimaudit: Installed, site: Site, call: Call, told: str
) -> None:
    ended = stimaudit(*named(site, call))

    assert ended.code == ExitCode.USAGE
    assert told in ended.err
    assert ended.out == ""
    assert not any(canary in ended.err for canary in CANARIES)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--policy", "medicare"), "knows no policy of that name. Near: medicare_ncd_160_7"),
        (
            ("--accept-change", "denied_share_brok", "--because", "a merger"),
            "knows no check of that name. Near: medical_claim.denied_share_broke",
        ),
    ],
)
def test_an_unknown_policy_or_check_stops_a_run_before_it_lands(
    stimaudit: Installed, changing: Site, tmp_path: Path, option: Call, told: str
) -> None:
    deliver(tmp_path / "tonight", SECOND)
    ended = stimaudit(
        *("run", "--no-prefect", "--extracts", tmp_path / "tonight", "--out", changing.out, *option), folder=tmp_path
    )

    assert ended.code == ExitCode.USAGE
    assert told in ended.err


def test_a_run_goes_back_in_time_only_where_that_is_meant(stimaudit: Installed, changing: Site, tmp_path: Path) -> None:
    asked = ["run", "--no-prefect", "--extracts", deliver(tmp_path / "tonight", SECOND), "--out", changing.out]
    asked += ["--as-of", "2026-06-29", "--policy", "medicare"]  # what is asked after the day, and stops it there

    held, meant = stimaudit(*asked), stimaudit(*asked, "--earlier-is-meant", "--assume-enrolled", "--synthetic")

    assert [held.code, meant.code] == [ExitCode.USAGE] * 2
    assert "If it is meant, say --earlier-is-meant" in held.err
    assert "knows no policy of that name" in meant.err


def test_a_change_is_accepted_for_a_reason_alone(stimaudit: Installed, changing: Site, tmp_path: Path) -> None:
    asked = ["run", "--no-prefect", "--extracts", deliver(tmp_path / "tonight", SECOND), "--out", changing.out]
    ended = stimaudit(*asked, "--accept-change", "medical_claim.denied_share_broke")

    assert ended.code == ExitCode.USAGE
    assert "A change is accepted for a reason" in ended.err


def test_a_delivery_is_looked_at_with_all_options_and_refused(stimaudit: Installed, site: Site, tmp_path: Path) -> None:
    extracts = deliver(tmp_path / "tonight", {"medical_claim.csv": "claim_id\n1\n"})
    (tmp_path / "settings.toml").write_text("max_rejected_rows = 5\n", encoding="utf-8")
    ended = stimaudit(
        *("validate", "--extracts", extracts, "--out", site.out, "--as-of", "2026-06-30"),
        *("--config", tmp_path / "settings.toml"),
    )

    assert ended.code == ExitCode.REFUSED
    assert "The header lacks the required column" in ended.err


def test_rows_are_judged_and_nothing_is_recorded_in_a_dry_run(stimaudit: Installed, changing: Site) -> None:
    file = write_rows(changing.out.parent / "reviewed.csv", case_rows(changing.out / "published")["bea"] | FLAG_ERROR)
    before = contents(changing.out)
    ended = stimaudit("decision", "import", file, "--dry-run", "--out", changing.out)

    assert ended.code == ExitCode.DONE
    assert "nothing written (dry run)" in ended.out
    assert contents(changing.out) == before


def test_decisions_that_a_killed_import_had_recorded_stand_in_the_audit_after_the_next(
    stimaudit: Installed, changing: Site
) -> None:
    file = write_rows(changing.out.parent / "reviewed.csv", case_rows(changing.out / "published")["bea"] | FLAG_ERROR)
    import_decisions(
        file,
        store=changing.out / "decisions",
        published=changing.out / "published",
        dry_run=False,
        imported_at_utc=datetime(2026, 7, 3, tzinfo=UTC),
        imported_by="Lead",
    )  # and killed here, before its decisions were shown
    register = changing.out / "history" / "registers" / "decisions.json"
    entered = unsealed(register.read_text(encoding="utf-8"))["files"]
    register.write_text(sealed_text({"files": entered[:-1]}), encoding="utf-8")  # or even before they were entered

    ended = stimaudit("decision", "import", file, "--by", "Lead", "--out", changing.out)

    assert "1 already recorded" in ended.out
    asked = changing.named("select review_outcome from audit.decision where case_id = '{bea}'")
    assert stimaudit("sql", asked, "--out", changing.out, "--json").json == [{"review_outcome": "FLAG_ERROR"}]
    assert stimaudit("verify", "--out", changing.out).code == ExitCode.DONE


def test_a_run_put_back_again_leaves_the_publish_with_its_decisions(stimaudit: Installed, changing: Site) -> None:
    told = [stimaudit("rollback", changing.before, "--out", changing.out).code for _ in range(2)]
    standing = [(changing.out / "published").resolve().name]
    told.append(stimaudit("rollback", changing.before, "--out", changing.out).code)
    standing.append((changing.out / "published").resolve().name)

    assert told == [ExitCode.DONE] * 3
    assert standing[0] == standing[1]


def test_a_claim_in_no_episode_is_shown_with_the_state_of_its_lines(stimaudit: Installed, site: Site) -> None:
    ended = stimaudit("show", site.named("{gone}"), "--out", site.out)

    assert ended.code == ExitCode.DONE
    assert "none of them is in an episode" in ended.out
    assert "line 1, 63650 on 2026-01-20: superseded" in ended.out


# What a run would say, before it does


def everything(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """What lies below ``folder``: of each file when it was changed and its bytes, of a link where it leads."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for path in folder.rglob("*"):
        held = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        found[path.relative_to(folder).as_posix()] = (path.lstat().st_mtime_ns, held)
    return found


def test_validate_says_what_a_run_would_find_with_all_that_landed_and_changes_nothing(
    stimaudit: Installed, site: Site, tmp_path: Path
) -> None:
    # Diagnoses alone, of a claim that came in the first night: a red flag takes the case off the list.
    deliver(tmp_path, {"claim_diagnosis.csv": "claim_id,diagnosis_rank,diagnosis_code\nB1,2,C7951\n"})
    before = everything(site.out)
    run_with = ("--policy", "evidence_low_back_pain", "--assume-enrolled")
    ended = stimaudit(
        *("validate", "--extracts", tmp_path, "--out", site.out, "--as-of", "2026-07-02", *run_with, "--json")
    )

    assert ended.code == ExitCode.CAVEATS, ended.err
    checks = {(check["table_name"], check["check_name"]): check["status"] for check in ended.json["checks"]}
    assert checks["claim_diagnosis", "diagnosis_has_claim"] == "passed", "its claim landed before"
    assert ended.json["would_find"] == {"episodes": 2, "flagged": 1, "flagged_paid_amount": "2200.00", "set_aside": 1}
    assert ended.json["caveats"]
    assert everything(site.out) == before


# An encrypted folder, and one of an older version

READ_ONLY = [name for name in LOOK_INTO_OUT if name not in {"demo", "run", "validate", "status", "doctor"}]


@pytest.mark.parametrize("name", READ_ONLY)
def test_an_encrypted_folder_without_its_key_is_told_in_a_sentence(
    stimaudit: Installed, site: Site, two_sites: TwoSites, name: str
) -> None:
    if name in {"verify", "decision carry", "reproduce", "rollback"}:
        pytest.skip("tests/whole/test_encryption.py: it needs no key, or asks for it after the name of the run")
    ended = stimaudit(*named(site, called(name)), "--out", two_sites.encrypted)

    assert ended.code == ExitCode.USAGE
    assert "is encrypted and no key is given" in ended.err
    assert not ended.has_trace


@pytest.mark.parametrize(
    "call", [("status",), ("metrics",), ("verify",), ("decision", "list"), ("show", "{claim}"), ("dictionary", "run")]
)
def test_an_encrypted_folder_is_read_with_its_key(
    stimaudit: Installed, site: Site, two_sites: TwoSites, call: Call
) -> None:
    with_key = stimaudit(*named(site, call), "--out", two_sites.encrypted, "--json", env={"STIMAUDIT_KEY": TEXT})

    assert with_key.code in {ExitCode.DONE, ExitCode.CAVEATS, ExitCode.REFUSED}, with_key.err
    assert with_key.json


def test_a_form_of_an_encrypted_audit_may_not_lie_in_its_folder(stimaudit: Installed, two_sites: TwoSites) -> None:
    to = two_sites.encrypted / "form.csv"
    ended = stimaudit("sample", "--seed", "7", "--to", to, "--out", two_sites.encrypted, env={"STIMAUDIT_KEY": TEXT})

    assert ended.code == ExitCode.USAGE
    assert not to.exists()


@pytest.mark.parametrize("name", READ_ONLY)
def test_a_folder_of_an_older_version_is_told_in_a_sentence(
    stimaudit: Installed, site: Site, older: Path, name: str
) -> None:
    if name == "rollback":
        pytest.skip("it takes the folder over, as a run does")
    words = ["--from", str(site.out)] if name == "decision carry" else []
    ended = stimaudit(*named(site, called(name)), *words, "--out", older)

    assert ended.code == ExitCode.USAGE
    assert "was written by an older version of stimaudit (this one reads form 1)" in ended.err
    assert "run `stimaudit run` once" in ended.err
    assert not ended.has_trace


def test_status_and_doctor_name_the_forms_of_an_older_folder(stimaudit: Installed, older: Path, site: Site) -> None:
    status = stimaudit("status", "--out", older, "--json")
    doctor = stimaudit("doctor", "--out", older, "--json")
    today = stimaudit("status", "--out", site.out, "--json")

    assert status.code == ExitCode.REFUSED
    assert status.json["reason"] == "The published file is in the form of another version of stimaudit."
    assert status.json["forms"]["published file"] == 0
    assert today.json["forms"] == {name: form for name, form in FORMATS.items() if name in today.json["forms"]}
    [forms] = [each for each in doctor.json["findings"] if each["check"] == "forms"]
    assert forms["state"] == "warn"
    assert "of an older version: published file" in forms["found"]


def test_a_run_brings_an_older_folder_to_the_form_of_this_version(
    stimaudit: Installed, older: Path, tmp_path: Path
) -> None:
    extracts = deliver(tmp_path / "tonight", SECOND)
    ran = stimaudit("run", "--quiet", "--json", "--synthetic", folder=tmp_path, env=environment(extracts, older))

    assert ran.code == ExitCode.CAVEATS, ran.err
    assert ran.err == ""
    assert stimaudit("verify", "--out", older).code == ExitCode.DONE
    assert stimaudit("status", "--out", older, "--json").json["forms"] == FORMATS
    assert stimaudit("sql", "select format_version from audit.run", "--out", older, "--json").json == [
        {"format_version": FORMATS["published file"]}
    ]


def environment(extracts: Path, out: Path) -> dict[str, str]:
    """The options of a run as variables."""
    return {
        "STIMAUDIT_EXTRACTS": str(extracts),
        "STIMAUDIT_OUT": str(out),
        "STIMAUDIT_AS_OF": "2026-06-30",
        "STIMAUDIT_NO_PREFECT": "1",
        "STIMAUDIT_POLICY": "evidence_low_back_pain",
        "STIMAUDIT_ASSUME_ENROLLED": "1",
    }


def test_what_run_and_validate_take_from_the_environment(stimaudit: Installed, tmp_path: Path) -> None:
    extracts = deliver(tmp_path / "tonight", SECOND)
    (tmp_path / "plan.toml").write_text('default_polcy = "x"\n', encoding="utf-8")
    variables = environment(extracts, tmp_path / "out") | {"STIMAUDIT_CONFIG": str(tmp_path / "plan.toml")}
    wrong = stimaudit("run", env=variables)
    option_wins = stimaudit("run", "--extracts", tmp_path / "none", env=variables)
    empty = stimaudit("run", env=environment(extracts, Path()) | {"STIMAUDIT_OUT": ""})

    assert "default_polcy" in wrong.err
    assert "There is no folder" in option_wins.err
    assert "Missing option '--out'" in empty.err
    assert [wrong.code, option_wins.code, empty.code] == [ExitCode.USAGE] * 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("part", ["ledger", "history", "published file"])
def test_a_folder_of_a_newer_version_is_refused_and_left_as_it_is(
    stimaudit: Installed, changing: Site, tmp_path: Path, part: str
) -> None:
    file = {
        "ledger": changing.out / "landed" / "deliveries" / "000002.json",
        "history": changing.out / "history" / "runs" / "000002.json",
        "published file": changing.out / "published" / "manifest.json",
    }[part]
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | {"format": 99}, indent=1), encoding="utf-8")
    before = contents(changing.out)
    ended = stimaudit("run", env=environment(deliver(tmp_path / "tonight", SECOND), changing.out))

    assert ended.code == ExitCode.USAGE
    assert f"The {part} " in ended.err
    assert "was written by a newer version of stimaudit" in ended.err
    assert contents(changing.out) == before


def contents(out: Path) -> dict[Path, bytes]:
    """Every file of a folder but those that tell of runs."""
    folders = [out / name for name in ("landed", "history", "published", "decisions")]
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


# How things are told


def test_every_result_is_json_in_the_form_that_the_documents_give(stimaudit: Installed, changing: Site) -> None:
    documented = {
        name: (kind, re.findall(r"`(\w+)`", keys.split(";")[0]))
        for name, kind, keys in re.findall(r"^\| `([a-z -]+)` \| (object|list): (.+) \|$", PAGE, re.MULTILINE)
    }
    told: dict[str, tuple[str, list[str]]] = {}
    for call in [
        *(call for call in RIGHT if call[0] != "rollback"),
        next(iter(RECORDED)),
        ("rollback", "{before}", *AT),
    ]:
        name = next(name for name in NAMES if " ".join(call).startswith(name))
        if name not in told:
            plain = [part for part in call if part not in {"--format", "csv"}]
            told[name] = shape(stimaudit(*named(changing, plain), "--json").json)

    assert set(documented) == set(NAMES)
    assert set(told) | set(ELSEWHERE) == set(NAMES)
    del told["sql"]  # its names are those of the query
    assert {name: (kind, keys) for name, (kind, keys) in told.items() if keys} == {
        name: documented[name] for name, (_, keys) in told.items() if keys
    }


def shape(content: object) -> tuple[str, list[str]]:
    """Whether it is an object or a list of objects, and their names in order."""
    if isinstance(content, list):
        return "list", list(content[0]) if content else []
    assert isinstance(content, dict)
    return "object", list(content)


def test_every_exit_code_is_told_in_one_list_and_in_the_documents(stimaudit: Installed) -> None:
    told = " ".join(stimaudit("--help", env={"COLUMNS": "200"}).out.split())

    assert set(EXIT_CODES) == set(ExitCode)
    for code, meaning in EXIT_CODES.items():
        assert f"{int(code)} {meaning}" in told
        assert f"| {int(code)} | {meaning} |" in PAGE


def test_every_command_option_and_variable_is_in_the_documents() -> None:
    for name, command in commands():
        [line] = re.findall(rf"^\| `{name}` \| [^|]+ \| ([^|]*) \|$", PAGE, re.MULTILINE)
        ours = [each for each in command.params if each.name not in {"help", "as_json", "quiet", "verbose"}]
        assert re.findall(r"`(--[a-z-]+)`", line) == [each.opts[0] for each in ours if each.param_type_name == "option"]
    variables = {each.envvar for _, command in commands() for each in command.params if each.envvar}
    assert variables <= set(re.findall(r"`(STIMAUDIT_[A-Z_]+)`", PAGE))


def test_help_shows_the_commands_by_who_needs_them_in_the_order_of_the_night(stimaudit: Installed) -> None:
    told = stimaudit("--help").out
    titles = [told.index(title) for title in GROUPS]
    shown = re.findall(r"^│ ([a-z-]+) ", told.split("─ Start here", 1)[1], re.MULTILINE)

    assert titles == sorted(titles)
    assert shown == [name for group in GROUPS.values() for name in group]


def test_a_quiet_command_says_its_faults_and_a_loud_one_where_they_arose(stimaudit: Installed, site: Site) -> None:
    usual, quiet, loud = (stimaudit("diff", "X", "Y", "--out", site.out, *voice) for voice in ((), ("-q",), ("-v",)))

    assert quiet.err == usual.err
    assert loud.err.startswith(usual.err)
    assert "run_difference.py, line" in loud.err


def test_a_fault_of_ours_is_told_without_what_it_says_of_the_data(
    stimaudit: Installed, changing: Site, tmp_path: Path
) -> None:
    with open_published(changing.out / "published") as connection:
        connection.execute("select 1")
    (changing.out / "published" / "stimaudit.duckdb").write_bytes(b"QZMEMBER7731" * 4096)
    ended = stimaudit("decision", "list", "--out", changing.out)

    assert ended.code == ExitCode.OUR_FAULT
    assert not ended.has_trace
    assert "a file is damaged: `stimaudit verify`" in ended.err
    assert "QZMEMBER7731" not in ended.err


def test_a_shell_completes_commands_options_policies_and_value_sets() -> None:
    def completed(words: str) -> list[str]:
        environment = {"_STIMAUDIT_COMPLETE": "complete_bash", "COMP_WORDS": words}
        environment["COMP_CWORD"] = str(len(words.split(" ")) - 1)
        done = subprocess.run([PROGRAM], env=call_environment(environment), capture_output=True, text=True, check=False)
        return done.stdout.split()

    assert completed("stimaudit va") == ["validate", "value-sets"]
    assert completed("stimaudit policy show med") == ["medicare_ncd_160_7"]


def on_a_terminal(arguments: Sequence[object], *, columns: int) -> list[str]:
    """What the installed program writes on a terminal of so many columns, line by line."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *map(str, arguments)],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=call_environment({"COLUMNS": str(columns), "TERM": "xterm"}),
    )
    os.close(theirs)
    told = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:
            break
        if not read:
            break
        told += read
    os.close(ours)
    assert process.wait() == ExitCode.DONE
    return re.sub(r"\x1b\[[0-9;]*m", "", told.decode()).replace("\r", "").splitlines()


def test_rows_wider_than_the_screen_are_records_with_a_line_a_column_and_no_word_cut(site: Site) -> None:
    asked = "select case_id, outcome_reason, policy_id from audit.finding order by case_id"
    wide = on_a_terminal(["sql", asked, "--out", site.out], columns=200)
    narrow = on_a_terminal(["sql", asked, "--out", site.out], columns=60)
    compared = on_a_terminal(["diff", site.before, site.run, "--out", site.out], columns=60)

    assert wide[0].startswith(("┏", "+"))
    assert narrow[0] == "- 1 of 2 -"
    assert [line.split()[0] for line in narrow[1:4]] == ["case_id", "outcome_reason", "policy_id"]
    assert narrow[-1] == "2 rows"
    assert "- 1 of 1 -" in compared
    assert [line.split()[0] for line in compared[compared.index("- 1 of 1 -") + 1 :][:2]] == ["case_id", "difference"]
    for line in [*narrow, *compared]:
        assert len(line) <= 60 or " " not in line.strip()


def test_the_program_on_the_path_is_the_one_that_is_tested(site: Site) -> None:
    done = subprocess.run(
        [PROGRAM, "dictionary", "nonsense", "--out", site.out],
        env=call_environment({}), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == ExitCode.USAGE
    assert "knows no table of that name" in done.stderr


def test_what_people_fill_in_is_taken_without_its_kind_where_one_kind_alone_has_the_outcome(
    stimaudit: Installed, changing: Site
) -> None:
    supported, row = changing.out.parent / "first.csv", case_rows(changing.out / "published")["bea"]
    write_rows(supported, row | SUPPORTED)
    second = write_rows(
        changing.out.parent / "second.csv",
        row | {"review_outcome": "AGREED", "reviewer": "Bo Rivera", "decided_on": "2026-07-03"},
    )
    for file in (supported, second):
        assert stimaudit("decision", "import", file, "--out", changing.out).code == ExitCode.DONE

    asked = changing.named("select decision_kind from audit.decision where case_id = '{bea}' order by import_number")
    kinds = stimaudit("sql", asked, "--out", changing.out, "--json").json
    assert [row["decision_kind"] for row in kinds] == ["review", "second_review"]
