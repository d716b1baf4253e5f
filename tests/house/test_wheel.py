"""The wheel runs wherever it is set down: built, installed with the lock, and asked for the demo in another folder."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from pipelines.ground.program_files import code_version, home
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.house.conftest import ReadmeByDoing

UV = Path(sys.executable).parent / "uv"
FOLDERS = ("sql", "expectations", "sample_data/extracts", "docs")


def done(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None, codes: Sequence[int] = (0,)) -> str:
    """What a command says on standard output; fails with what it said on standard error."""
    told = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert told.returncode in codes, told.stderr
    return told.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    done(UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel and what is locked, in a folder with a blank and an umlaut."""
    environment = tmp_path_factory.mktemp("Prüf stand") / "environment"
    done(UV, "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    done(UV, "pip", "sync", "--quiet", "--python", python, "--require-hashes", ROOT / "requirements.lock")
    done(UV, "pip", "install", "--quiet", "--python", python, "--offline", "--no-deps", wheel)
    return environment / "bin"


def tracked(*folders: str) -> Sequence[str]:
    listed = done("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders)
    return [name for name in listed.split("\0") if (ROOT / name).is_file()]


def test_the_wheel_holds_every_file_of_the_program_as_it_is(wheel: Path) -> None:
    expected = {name: name for name in tracked("pipelines")}
    expected |= {f"pipelines/_files/{name}": name for name in tracked(*FOLDERS)}
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        changed = [name for name, source in expected.items() if archive.read(name) != (ROOT / source).read_bytes()]

    assert held == set(expected)
    assert changed == []


def test_the_wheel_says_its_licences(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        said = archive.read(metadata).decode().splitlines()
        licences = {Path(name).name for name in archive.namelist() if ".dist-info/licenses/" in name}

    assert "License-Expression: Apache-2.0 AND OFL-1.1" in said
    assert licences == {"LICENSE", "OFL.txt"}


@pytest.mark.long
def test_the_demo_of_the_installed_wheel_publishes_what_the_checkout_does(
    installed: Path, readme_by_doing: ReadmeByDoing, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    elsewhere = tmp_path / "anders wo, in Köln"
    elsewhere.mkdir()
    done(installed / "python", "-m", "pipelines", "demo", "--no-prefect", cwd=elsewhere, env=environment)

    of_wheel, of_checkout = (folder / "demo_output" / "published" for folder in (elsewhere, readme_by_doing.folder))
    for name in ("worklist.csv", "episode_review.parquet"):
        assert (of_wheel / name).read_bytes() == (of_checkout / name).read_bytes()
    assert (of_wheel / "report" / "worklist.html").exists()


@pytest.mark.long
def test_the_doctor_of_the_installed_wheel_knows_what_was_tested(installed: Path, tmp_path: Path) -> None:
    examined = json.loads(done(installed / "stimaudit", "doctor", "--json", cwd=tmp_path, codes=(0, 5)))
    found = {finding["check"]: finding for finding in examined["findings"]}

    assert found["libraries"]["found"].endswith("as tested")
    assert found["control members"]["state"] == "ok"


@pytest.mark.long
def test_the_installed_command_is_of_the_same_version_and_finds_its_files_in_the_wheel(
    installed: Path, tmp_path: Path
) -> None:
    ask = "from pipelines.ground.program_files import *; print(home().sql, code_version(home()), sep='\\n')"
    sql, version = done(installed / "python", "-c", ask, cwd=tmp_path).splitlines()

    assert Path(sql).is_relative_to(installed.parent)
    assert version == code_version(home())
    assert done(installed / "stimaudit", "--version", cwd=tmp_path) == "stimaudit 0.1.0\n"


def test_one_module_alone_asks_for_its_place_on_disk() -> None:
    asking = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "pipelines").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "__file__"
    ]

    assert asking == ["pipelines/ground/program_files.py"]
