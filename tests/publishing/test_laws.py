"""What should hold stands in each law's file, and a law that does not say so is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from pipelines.ground.errors import StimauditError
from pipelines.ground.warehouse import open_warehouse
from pipelines.publishing.conservation import broken_laws, read_laws
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

KINDS: tuple[Literal["working", "published"], ...] = ("working", "published")


@pytest.mark.parametrize("kind", KINDS)
def test_every_law_says_what_should_hold(kind: Literal["working", "published"]) -> None:
    laws = read_laws(ROOT / "sql", kind)

    assert len(laws) == len(list((ROOT / "sql" / "laws" / kind).glob("*.sql")))
    assert all(law and not law.endswith(".") for law in laws)


def test_a_law_that_does_not_say_what_should_hold_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "laws" / "working"
    folder.mkdir(parents=True)
    (folder / "nameless.sql").write_text("-- One row per fault.\nselect 1", encoding="utf-8")

    with pytest.raises(StimauditError, match=r"nameless\.sql does not say its law"):
        read_laws(tmp_path, "working")


def test_a_broken_law_is_told_with_how_often() -> None:
    with open_warehouse() as connection:
        laws = {"nothing is": "select 1 where false", "few are": "select * from range(1200)"}
        assert broken_laws(connection, laws) == ["few are (1,200 times)"]
