"""`python -m pipelines` is the `stimaudit` command, and this is where it begins."""

import os
import signal


def main() -> None:
    """Runs the command line; a signal while it is still being imported ends it with the code that one has later."""
    for each in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, lambda number, _: os._exit(128 + number))
    from pipelines.commands.cli import main as run

    run()


if __name__ == "__main__":
    main()
