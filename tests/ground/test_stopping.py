"""Told to stop: the signal is known whatever a library made of it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from pipelines.ground import stopping
from pipelines.ground.errors import ExitCode
from pipelines.ground.stopping import heeding_signals, raise_if_stopped, stopped

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in stopping.HEEDED}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)
    vars(stopping)["_Heard"].signal = None


@pytest.mark.parametrize(("by", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_that_nobody_tells_ends_the_process_with_its_code(by: signal.Signals, code: int) -> None:
    with pytest.raises(SystemExit) as ended, heeding_signals():
        signal.raise_signal(by)

    assert ended.value.code == code


def swallowed() -> RuntimeError:
    """What a library that was interrupted raises in its own words."""
    try:
        signal.raise_signal(signal.SIGTERM)
    except KeyboardInterrupt:
        return RuntimeError("Query interrupted")
    raise AssertionError


def test_a_signal_that_a_library_made_an_error_of_is_told_as_the_signal_and_stops_the_next_stage() -> None:
    raise_if_stopped()
    with heeding_signals():
        fault = stopped(swallowed())
        with pytest.raises(KeyboardInterrupt):
            raise_if_stopped()

    assert fault is not None
    assert fault.exit_code == ExitCode.TERMINATED
    assert "SIGTERM" in str(fault)


def test_an_error_without_a_signal_is_no_stop() -> None:
    assert stopped(RuntimeError("of its own")) is None


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with heeding_signals():
        signal.raise_signal(signal.SIGINT)
