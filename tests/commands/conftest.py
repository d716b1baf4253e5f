"""Output folders for the commands: two nights in the clear, the same encrypted, and the same as an older version."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.files import file_sha256, write_file
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.sealed_json import sealed_text
from pipelines.ground.warehouse import open_warehouse
from pipelines.publishing.history import read_history
from tests.support.installed import Installed
from tests.support.two_sites import CLAIM, MEMBER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.two_sites import TwoSites


@dataclass(frozen=True)
class Site:
    """Two nights of two members, both flagged: one whose claim was replaced in the second, and bea."""

    out: Path
    before: str
    run: str
    case: str
    """The case that was decided in the first night and has returned."""
    bea: str
    episode: str
    """The episode of bea."""

    def named(self, text: object) -> str:
        """``text`` with the names of this site in place of {out}, {run}, {bea} ..."""
        return str(text).format(**vars(self), claim=f"{CLAIM}B", gone=CLAIM, beside=self.out.parent)


@pytest.fixture(scope="module")
def stimaudit() -> Iterator[Installed]:
    """The installed program."""
    with Installed() as program:
        yield program


@pytest.fixture(scope="module")
def site(two_sites: TwoSites, tmp_path_factory: pytest.TempPathFactory) -> Site:
    out = Path(shutil.copytree(two_sites.clear, tmp_path_factory.mktemp("commands") / "out", symlinks=True))
    before, run = (entry.run_id for entry in read_history(out / "history"))
    with open_published(out / "published") as connection:
        rows = connection.execute("select member_id, case_id, episode_id from episode_review").fetchall()
    case = {member: case_id for member, case_id, _ in rows}
    [episode] = [episode_id for member, _, episode_id in rows if member == "bea"]
    return Site(out, before, run, case[MEMBER], case["bea"], episode)


@pytest.fixture
def changing(site: Site, tmp_path: Path) -> Site:
    """The same nights in a folder that a test may change, with settings beside it."""
    (tmp_path / "settings.toml").write_text("sql_seconds = 20\n", encoding="utf-8")
    return replace(site, out=Path(shutil.copytree(site.out, tmp_path / "out", symlinks=True)))


def made_older(out: Path) -> Path:
    """``out`` as a version wrote it that had no forms: a plain folder without their marks."""
    with open_warehouse(out / "published" / DATABASE_FILE) as connection:
        connection.execute("alter table audit.run drop column format_version; drop table audit.feed_reach")
    manifest = out / "published" / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    del content["seal"], content["format"]
    for file in content["files"]:
        if file["name"] == DATABASE_FILE:
            file["sha256"] = file_sha256(out / "published" / DATABASE_FILE)
            file["bytes"] = (out / "published" / DATABASE_FILE).stat().st_size
    write_file(manifest, sealed_text(content).encode())
    standing = (out / "published").resolve()
    (out / "published").unlink()
    standing.rename(out / "published")
    shutil.rmtree(out / "publishes")
    shutil.rmtree(out / "history" / "registers")
    return out


@pytest.fixture(scope="module")
def older(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two nights as an older version would have left them."""
    out = tmp_path_factory.mktemp("older") / "out"
    shutil.copytree(site.out, out, symlinks=True)
    return made_older(out)
