"""Records: judged to the letter, told in our words, and nothing of what stood there repeated."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from dataclasses import FrozenInstanceError, asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.gates.suites import read_suites
from pipelines.ground.errors import StimauditError
from pipelines.ground.formats import HISTORY
from pipelines.ground.records import FILLED, Fault, Made, Must, RecordError, judge, judge_json, read_toml, record
from pipelines.ground.sealed_json import sealed_text
from pipelines.intake.ledger import DeliveredFile, Delivery, manifest_path, read_ledger, write_manifest
from pipelines.operation.run_record import RunRecord, read_record, write_record
from pipelines.operation.settings import Settings, load_settings
from pipelines.publishing.history import KeptInput, RunEntry, entry_path, read_history
from pipelines.reports.payer_words import EXAMPLE_TEMPLATE, read_letter_template
from pipelines.rule.policy import check_policies
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CANARIES = ("KANARI-4711", 471147114711, 4711.47114711, date(1471, 11, 4), ["KANARI-4711"], {"x": "KANARI-4711"})
SEEN = ("KANARI", "471147114711", "4711.4711", "1471-11-04")


@record
@dataclass(frozen=True)
class Leaf:
    """A record of plain values."""

    name: Annotated[str, FILLED]
    day: date
    share: float = 0
    size: Annotated[int, Must("an even number", lambda value: value % 2 == 0)] = 0


@record
@dataclass(frozen=True)
class Tree:
    """A record of records."""

    kind: Literal["oak", "ash"]
    leaves: Annotated[tuple[Leaf, ...], FILLED]
    notes: Annotated[Mapping[str, str], Made(MappingProxyType)] = field(default_factory=dict)
    is_old: bool = False
    seen_at: datetime | None = None


LEAF = {"name": "a", "day": date(2026, 1, 2)}


def faults(content: object, kind: type[Any] = Tree) -> list[tuple[str, str, str]]:
    with pytest.raises(RecordError) as caught:
        judge(kind, content)
    return [(fault.place, fault.kind, fault.expected) for fault in caught.value.faults]


def test_a_record_is_frozen_with_all_in_it() -> None:
    tree = judge(Tree, {"kind": "oak", "leaves": [{**LEAF, "share": 1}], "notes": {"a": "b"}})

    assert tree == Tree("oak", (Leaf("a", date(2026, 1, 2), 1.0),), {"a": "b"})
    assert isinstance(tree.notes, MappingProxyType)
    with pytest.raises(FrozenInstanceError):
        tree.kind = "ash"  # type: ignore[misc]


def test_all_faults_are_told_at_once_with_their_places() -> None:
    leaves = [LEAF, {"name": " ", "size": 3, "colour": "green"}, 7]

    assert faults({"kind": "elm", "leaves": leaves, "notes": {"a": 1}, "root": 1}) == [
        ("kind", "wrong", "one of 'oak' or 'ash'"),
        ("leaves[2].name", "blank", ""),
        ("leaves[2].day", "missing", ""),
        ("leaves[2].size", "wrong", "an even number"),
        ("leaves[2].colour", "unknown", ""),
        ("leaves[3]", "wrong", "a table of named values"),
        ("notes.a", "wrong", "text"),
        ("root", "unknown", ""),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"day": "2026-01-02"}, "a date (YYYY-MM-DD)"),
        ({"day": datetime(2026, 1, 2)}, "a date (YYYY-MM-DD)"),  # noqa: DTZ001 - as TOML gives it
        ({"share": True}, "a number"),
        ({"share": "1"}, "a number"),
        ({"size": True}, "an even number"),
        ({"size": 2.0}, "an even number"),
        ({"size": "2"}, "an even number"),
        ({"name": 1}, "text"),
    ],
)
def test_nothing_is_bent_into_shape(change: dict[str, object], expected: str) -> None:
    assert [fault[2] for fault in faults(LEAF | change, Leaf)] == [expected]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"leaves": []}, ("leaves", "blank", "")),
        ({"leaves": "abc"}, ("leaves", "wrong", "a list")),
        ({"leaves": {"a": LEAF}}, ("leaves", "wrong", "a list")),
        ({"notes": ["a"]}, ("notes", "wrong", "a table")),
        ({"is_old": 1}, ("is_old", "wrong", "true or false")),
        ({"is_old": None}, ("is_old", "wrong", "true or false")),
        ({"seen_at": "2026-01-01T00:00:00+00:00"}, ("seen_at", "wrong", "a time in ISO form with its zone")),
    ],
)
def test_each_kind_is_told_in_our_words(change: dict[str, object], fault: tuple[str, str, str]) -> None:
    assert faults({"kind": "oak", "leaves": [LEAF], **change}) == [fault]


def test_what_is_no_table_is_a_fault_of_the_whole() -> None:
    assert faults(["a"]) == [("", "wrong", "a table of named values")]
    assert faults("2", tuple[int, ...]) == [("", "wrong", "a list")]
    assert faults(["2"], tuple[int, ...]) == [("[1]", "wrong", "a whole number")]


def test_json_gives_dates_and_times_as_iso_text_alone() -> None:
    text = '{"kind": "oak", "leaves": [{"name": "a", "day": "2026-01-02"}], "seen_at": "2026-01-02T03:04:05Z"}'

    tree = judge_json(Tree, text)

    assert tree.leaves[0].day == date(2026, 1, 2)
    assert tree.seen_at == datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    for day in ('"2026-1-2"', "20260102", '"2026-01-02T03:04:05Z"', "true"):
        with pytest.raises(RecordError, match=r"leaves\[1\]\.day must be a date"):
            judge_json(Tree, text.replace('"2026-01-02"', day))


def test_what_is_not_json_says_where() -> None:
    with pytest.raises(RecordError, match=r"^it must be JSON \(line 2 column 10\)$"):
        judge_json(Tree, '{"kind": "oak",\n"leaves" KANARI}')
    with pytest.raises(RecordError, match=r"^it must be JSON"):
        judge_json(Tree, b"\xff")


def test_more_than_a_record_names_is_passed_over_where_that_is_allowed() -> None:
    text = json.dumps({"name": "a", "day": "2026-01-02", "later": 1})

    assert judge_json(Leaf, text, may_hold_more=True) == Leaf("a", date(2026, 1, 2))
    with pytest.raises(RecordError, match=r"^later is not known$"):
        judge_json(Leaf, text)


def test_a_fault_is_told_in_a_few_words() -> None:
    told = [
        Fault("a.b", "missing", "").told(),
        Fault("a[1]", "unknown", "").told(),
        Fault("a", "blank", "").told(),
        Fault("", "wrong", "a list").told(),
    ]

    assert told == ["a.b is missing", "a[1] is not known", "a is blank", "it must be a list"]


def test_a_toml_file_is_told_with_its_name_and_what_it_may_hold(tmp_path: Path) -> None:
    path = tmp_path / "leaf.toml"

    def told(content: bytes) -> str:
        path.write_bytes(content)
        with pytest.raises(StimauditError) as caught:
            read_toml(path, Leaf, title="The leaf", key="a vein", advice="Name one.")
        return str(caught.value)

    assert told(b'name = ""\ncolour = 1\nsize = 1') == (
        f"The leaf {path} cannot be used: 'name' is blank; 'day' is missing; 'size' must be an even number; "
        "'colour' is not a vein. Its keys are: name, day, share, size."
    )
    assert told(b"name = '\xff'") == f"The leaf {path} is not TOML, for it is not UTF-8 text."
    path.unlink()
    with pytest.raises(StimauditError, match=r"cannot be read \(No such file or directory\)\. Name one\.$"):
        read_toml(path, Leaf, title="The leaf", key="a vein", advice="Name one.")


def test_pydantic_is_imported_when_something_is_judged_and_not_before() -> None:
    program = "import sys, pipelines.commands.cli; sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


# No file that is refused is repeated in the refusal


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {toml(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def toml_file(content: dict[str, Any]) -> str:
    return "".join(f"{name} = {toml(value)}\n" for name, value in content.items())


def of_settings(folder: Path, content: dict[str, Any]) -> str:
    (folder / "plan.toml").write_text(toml_file(content), encoding="utf-8")
    load_settings(folder / "plan.toml")
    return ""


def of_letter(folder: Path, content: dict[str, Any]) -> str:
    (folder / "letter.toml").write_text(toml_file(content), encoding="utf-8")
    read_letter_template(folder / "letter.toml")
    return ""


def of_dossier(folder: Path, content: dict[str, Any]) -> str:
    (folder / "evidence_low_back_pain.toml").write_text(toml_file(content), encoding="utf-8")
    return "\n".join(check_policies(folder, as_of=date(2026, 12, 1)).faults)


def of_extension(folder: Path, content: dict[str, Any]) -> str:
    default = ROOT / "sql" / "policies" / "evidence_low_back_pain.toml"
    (folder / default.name).write_bytes(default.read_bytes())
    (folder / "commercial_strict.toml").write_text(toml_file(content), encoding="utf-8")
    return "\n".join(check_policies(folder, as_of=date(2026, 12, 1)).faults)


def of_suite(folder: Path, content: dict[str, Any]) -> str:
    (folder / "medical_claim.json").write_text(json.dumps(content, default=str), encoding="utf-8")
    read_suites(folder)
    return ""


def of_manifest(folder: Path, content: dict[str, Any]) -> str:
    path = manifest_path(folder, 1)
    path.parent.mkdir()
    path.write_text(json.dumps(content, default=str), encoding="utf-8")
    read_ledger(folder)
    return ""


def of_entry(folder: Path, content: dict[str, Any]) -> str:
    path = entry_path(folder, 1)
    path.parent.mkdir()
    path.write_text(sealed_text(content), encoding="utf-8")
    read_history(folder)
    return ""


FILE = DeliveredFile(
    1, "a.csv", None, None, 1, "aa", 1, 1, 1, 0, 0, ("claim_id",), (), has_source_row=False, parquet_bytes=0,
    fate="not_an_extract",
)  # fmt: skip
ENTRY = RunEntry(
    run_number=1,
    publish_kind="publish",
    run_id="R-1",
    as_of="2026-01-01",
    known_from_utc="2026-01-01T00:00:00+00:00",
    code_version="1",
    policy_versions=("a 1",),
    value_set_versions=("b 1",),
    landed_digest="d",
    parameters={"assume_enrolled": False, "policies": ["a"]},
    grade="clean",
    newest_delivery_number=1,
    manifests={"1": "aa"},
    inputs=(KeptInput("policies/a.toml", "aa"),),
    episode_count=1,
    flagged_count=0,
    flagged_paid_amount="0",
    files={"worklist.csv": "aa"},
    cases_sha256=None,
    previous_sha256=None,
)


def example(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    return tomllib.loads(text) if path.suffix == ".toml" else dict(json.loads(text))


def plain(content: object) -> dict[str, Any]:
    return dict(json.loads(json.dumps(content)))


PLAIN_SETTINGS = Settings(
    threads=1,
    end_marker="_SUCCESS",
    anchor="/mnt/other/stimaudit.anchor",
    policy_by_line_of_business={},
    reach={},
    payments_supplied={},
    namespace_of_files={},
    id_namespace="payer",
    covers={"from": date(2026, 1, 1), "to": date(2026, 6, 30)},
)
EVERY_SETTING = asdict(PLAIN_SETTINGS) | {
    "policy_by_line_of_business": {"commercial": "commercial_strict"},
    "reach": {"medical_claim": {"from": date(2024, 1, 1), "to": date(2026, 6, 30)}},
    "payments_supplied": {"visits*": False},
    "namespace_of_files": {"visits*": "north"},
}
FILES: dict[str, tuple[dict[str, Any], Callable[[Path, dict[str, Any]], str]]] = {
    "settings": (EVERY_SETTING, of_settings),
    "letter": (example(EXAMPLE_TEMPLATE) | {"rights_by_line_of_business": {"commercial": "a"}}, of_letter),
    "dossier": (example(ROOT / "sql" / "policies" / "evidence_low_back_pain.toml"), of_dossier),
    "extension": (example(ROOT / "sql" / "policies" / "commercial_strict.toml"), of_extension),
    "suite": (example(ROOT / "expectations" / "medical_claim.json"), of_suite),
    "manifest": ({"format": 1, **plain(asdict(Delivery(1, "2026-01-01", (FILE,))))}, of_manifest),
    "entry": ({"format": HISTORY, **plain(asdict(ENTRY))}, of_entry),
}


def places(content: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each leaf of ``content``, and to each list and table."""
    if before:
        yield before
    if isinstance(content, dict):
        for name, value in content.items():
            yield from places(value, (*before, name))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from places(value, (*before, number))


def put(content: dict[str, Any], place: tuple[str | int, ...], value: object) -> dict[str, Any]:
    changed: Any = copy.deepcopy(content)
    target = changed
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return dict(changed)


def refusal(name: str, content: dict[str, Any]) -> str:
    """What is said of a file with ``content``; blank where it is taken."""
    with TemporaryDirectory() as folder:
        try:
            return FILES[name][1](Path(folder), content).replace(folder, "")
        except StimauditError as fault:
            return str(fault).replace(folder, "")


@pytest.mark.parametrize("name", FILES)
def test_the_examples_themselves_are_taken(name: str) -> None:
    assert refusal(name, FILES[name][0]) == ""


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_what_is_said_of_a_refused_file_repeats_no_value_of_it(name: str, data: st.DataObject) -> None:
    content = FILES[name][0]
    place = data.draw(st.sampled_from(sorted(places(content), key=str)))

    said = refusal(name, put(content, place, data.draw(st.sampled_from(CANARIES))))

    assert [canary for canary in SEEN if canary in said] == []


@pytest.mark.parametrize("name", FILES)
def test_a_table_in_place_of_any_value_is_refused_where_kinds_are_told(name: str) -> None:
    content = FILES[name][0]
    free = {"kwargs", "parameters"}  # what stands there is another's business

    taken = [
        place
        for place in places(content)
        if not free & set(place) and refusal(name, put(content, place, {"x": {"y": "KANARI-4711"}})) == ""
    ]

    assert taken == []


def test_a_status_of_another_form_is_none(tmp_path: Path) -> None:
    started = datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    written = RunRecord("published", started, date(2026, 1, 1), started, 0, "R-1", "clean", counts={"flagged": None})
    write_record(tmp_path, written)
    content = json.loads((tmp_path / "status.json").read_text(encoding="utf-8"))

    assert read_record(tmp_path) == written
    for name in set(content) - {"format", "seconds", "last_publish", "ends"}:
        (tmp_path / "status.json").write_text(json.dumps(content | {name: [["KANARI"]]}), encoding="utf-8")
        assert read_record(tmp_path) is None


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    delivery = Delivery(1, "2026-01-01", (FILE,))
    write_manifest(tmp_path, delivery)

    assert read_ledger(tmp_path) == (delivery,)
    older = json.loads(manifest_path(tmp_path, 1).read_text(encoding="utf-8"))
    del older["files"][0]["parquet_sha256"], older["files"][0]["row_hash_sum"]
    manifest_path(tmp_path, 1).write_text(json.dumps(older), encoding="utf-8")
    assert read_ledger(tmp_path) == (delivery,)
