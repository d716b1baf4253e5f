"""Told to stop: what Ctrl-C and a scheduler's SIGTERM do to a command, and how it ends then.

Both are raised as a ``KeyboardInterrupt``, so that working files go and the status says so, and both end the command
with 128 and the number of the signal, as a shell has it.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Never

from pipelines.ground.errors import ExitCode, StimauditError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


HEEDED = (signal.SIGINT, signal.SIGTERM)


class StoppedError(StimauditError):
    """The command was stopped by a signal; its exit code says by which."""

    def __init__(self, by: signal.Signals) -> None:
        super().__init__(f"The command was stopped ({by.name}). Run it again: nothing was lost.")
        self.exit_code = ExitCode(128 + by)


class _Heard:
    """The signal that was heard last; none before one was."""

    signal: signal.Signals | None = None


def stopped(cause: BaseException) -> StoppedError | None:
    """The fault of a stop, where ``cause`` came of one: a library that was interrupted raises an error of its own."""
    if _Heard.signal is None and isinstance(cause, KeyboardInterrupt):
        return StoppedError(signal.SIGINT)
    return None if _Heard.signal is None else StoppedError(_Heard.signal)


def raise_if_stopped() -> None:
    """Raises the ``KeyboardInterrupt`` of a signal that was heard and that a library has swallowed since."""
    if _Heard.signal is not None:
        raise KeyboardInterrupt


@contextmanager
def heeding_signals() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM are raised where the program stands; one that was ignored before stays ignored.

    What is raised and nobody tells ends the process here, without a trace.
    """
    for each in HEEDED:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _stop)
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(128 + (_Heard.signal or signal.SIGINT)) from None


def _stop(number: int, _frame: FrameType | None) -> Never:
    _Heard.signal = signal.Signals(number)
    raise KeyboardInterrupt
