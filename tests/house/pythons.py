"""Every Python that the metadata names: the lock has a wheel for it, and where it is on this machine the program runs.

`python -m tests.house.pythons` says one line a version; it ends with 1 where one of them fails.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.support.places import ROOT

UV = Path(sys.executable).parent / "uv"
ENVIRONMENTS = ROOT / "build"
FAST = ("tests/ground", "tests/rule", "tests/intake", "tests/publishing", "tests/review")


def versions() -> list[str]:
    """The versions among the classifiers, as ``3.11``."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    return re.findall(r"Python :: (3\.\d+)$", "\n".join(said), re.MULTILINE)


def interpreter(version: str) -> Path | None:
    """A Python of that version on this machine: the path's, one of uv's, or one of pyenv's."""
    found = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", "--no-project", version],
        capture_output=True, text=True, check=False, cwd=ENVIRONMENTS,
    )  # fmt: skip
    if found.returncode == 0:
        return Path(found.stdout.strip())
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next(iter(sorted(pyenv.glob(f"versions/{version}.*/bin/python"))), None)


def works(*command: str | Path) -> bool:
    """Whether the command ends with 0; what it says is shown."""
    # Prefect's server starts slowly where nothing is compiled yet.
    patient = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "600"}
    environment = os.environ | patient | {"POLARS_MAX_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def resolves(version: str) -> bool:
    """Whether what is locked is consistent and there as wheels for that version on this kind of machine."""
    return works(
        UV, "pip", "compile", "--quiet", "--no-header", "--python-version", version, "--only-binary", ":all:",
        "requirements-dev.lock", "-o", ENVIRONMENTS / f"resolved-{version}.txt",
    )  # fmt: skip


def runs(version: str, python: Path) -> bool:
    """Whether the demo and the fast tests pass in an environment of their own."""
    place = ENVIRONMENTS / f"python-{version}"
    there = place / "bin"
    into = ("--quiet", "--python", there / "python")
    return (
        works(UV, "venv", "--quiet", "--clear", "--python", python, place)
        and works(UV, "pip", "sync", *into, "--require-hashes", "requirements-dev.lock")
        and works(UV, "pip", "install", *into, "--no-deps", "--no-build-isolation", "-e", ".")
        and works(there / "stimaudit", "demo", "--out", place / "demo_output")
        and works(there / "pytest", "-q", "-n", "auto", "--dist", "loadgroup", "-p", "no:cacheprovider", *FAST)
    )


def fate(version: str) -> tuple[bool, str]:
    """Whether that version is all right, and the sentence that says so."""
    if not resolves(version):
        return False, f"Python {version}: the lock does not resolve"
    python = interpreter(version)
    if python is None:
        return True, f"Python {version}: the lock resolves; no interpreter here, so nothing was run"
    if not runs(version, python):
        return False, f"Python {version}: the demo or a test failed with {python}"
    return True, f"Python {version}: the lock resolves, demo and fast tests passed"


def main() -> None:
    """Says the fate of every version at the end, one a line."""
    ENVIRONMENTS.mkdir(exist_ok=True)
    fates = [fate(version) for version in versions()]
    sys.stdout.write("".join(f"{said}\n" for _, said in fates))
    sys.exit(not all(good for good, _ in fates))


if __name__ == "__main__":
    main()
