"""The process of a run's own Prefect server: it serves on loopback until its input ends, and so outlives no run.

``python -m pipelines.flows.server_process`` takes the port as its argument, and settings from the environment.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading

GONE = 1
"""The exit code of a server whose run ended without a word."""


def _end_with_input() -> None:
    """Ends this process when its input ends: nobody waits for a server whose run is gone."""
    sys.stdin.buffer.read()
    os._exit(GONE)


def main() -> None:
    """Serves Prefect's API."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    port = sys.argv[1]
    sys.argv = ["uvicorn", "--factory", "prefect.server.api.server:create_app", "--host", "127.0.0.1", "--port", port]
    sys.argv += ["--log-level", "error", "--lifespan", "on"]
    runpy.run_module("uvicorn", run_name="__main__")


if __name__ == "__main__":
    main()
