"""A fault told without the text of its cause."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pipelines.ground.errors import StimauditError

if TYPE_CHECKING:
    from collections.abc import Callable


Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


class StageFaultError(StimauditError):
    """A stage stopped for a cause that is not the data: a disk, a memory limit, or a fault of ours.

    The cause's own text is left out, for it may quote a delivered file. ``is_transient`` says whether trying again
    may help.
    """

    def __init__(self, stage: str, cause: BaseException) -> None:
        self.stage = stage
        self.is_transient = isinstance(cause, OSError)
        trace = cause.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else "unknown place"
        detail = f" ({cause.strerror})" if isinstance(cause, OSError) and cause.strerror else ""
        super().__init__(
            f"The stage {stage} stopped: {type(cause).__name__}{detail} at {place}. The last published audit stays "
            "in place. Look at free disk space and memory, run again, and report it if it stays."
        )


def told_safely(stage: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """``stage``, with every fault that is not told in our words turned into ``StageFaultError``.

    Messages of DuckDB and of readers quote file content, and a scheduler keeps what it is told.
    """

    @wraps(stage)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        try:
            return stage(*args, **kwargs)
        except StimauditError:
            raise
        except Exception as cause:  # noqa: BLE001 - the one place where any cause is made safe to show
            fault = StageFaultError(stage.__name__, cause)
        raise fault

    return run
