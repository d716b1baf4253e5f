"""What can go wrong, one class a cause, each with its exit code.

A message says what is wrong, where, what was expected and what to do next, and never holds
a member value. Findings are not failures: an audit that flags claims exits 0.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExitCode(IntEnum):
    """The exit codes of the `stimaudit` command (docs/contract.md 3)."""

    DONE = 0
    OUR_FAULT = 1
    USAGE = 2
    REFUSED = 3
    LOCKED = 4
    CAVEATS = 5
    INTEGRITY = 6
    INTERRUPTED = 130
    TERMINATED = 143


EXIT_CODES: Mapping[ExitCode, str] = {
    ExitCode.DONE: "done",
    ExitCode.OUR_FAULT: "a fault of ours: disk, memory, or the program",
    ExitCode.USAGE: "usage: a command, path, name, setting or policy is wrong; nothing was changed",
    ExitCode.REFUSED: "input refused or a critical check failed; nothing was published",
    ExitCode.LOCKED: "another run holds the output folder",
    ExitCode.CAVEATS: "published with caveats: feeds missing, or warnings that matter",
    ExitCode.INTEGRITY: "a landed, kept or published file is not what the records say",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C (SIGINT); the last published audit stays",
    ExitCode.TERMINATED: "stopped by SIGTERM, as a scheduler ends a run; the last published audit stays",
}
"""What each exit code means: the one list, shown by `stimaudit --help` and compared with the documents by a test."""


class StimauditError(Exception):
    """A fault that a person can act on; its text is shown without a stack trace."""

    exit_code = ExitCode.OUR_FAULT


class UsageError(StimauditError):
    """The command or its configuration asks for something that is not there."""

    exit_code = ExitCode.USAGE


class KeyFaultError(UsageError):
    """The key for data at rest is missing, is no key, is another one, or is given for data in the clear."""


class InputRefusedError(StimauditError):
    """A delivered file or delivery is refused whole; nothing is published."""

    exit_code = ExitCode.REFUSED


class CheckFailedError(StimauditError):
    """A critical data check failed; nothing is published."""

    exit_code = ExitCode.REFUSED


class RunLockedError(StimauditError):
    """Another run holds the output folder."""

    exit_code = ExitCode.LOCKED


class IntegrityError(StimauditError):
    """A landed or published file is not what the ledger or manifest says."""

    exit_code = ExitCode.INTEGRITY


class ConservationError(StimauditError):
    """Rows, episodes or dollars were lost or doubled inside a run: our fault, nothing is published."""


class PolicyError(UsageError):
    """A policy dossier is incomplete, inconsistent or overdue for review."""


class ValueSetError(UsageError):
    """A value set file cannot be trusted as it stands."""
