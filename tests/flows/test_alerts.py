"""The alerts of the runbook for real: its code against a server, a refused night, and what a channel is sent."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode
from tests.flows.prefect_server import prefect_server, until
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
OF_TEAMS = re.compile(r'MicrosoftTeamsWebhook\(url="<[^>]+>"\)')


@pytest.fixture
def channel() -> Iterator[tuple[str, list[str]]]:
    """A channel of this machine: its address, and what it was sent."""
    sent: list[str] = []

    class Channel(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send_response(200)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Channel) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", sent
        server.shutdown()


@pytest.mark.soak
def test_a_refused_night_is_told_to_the_channel_by_the_code_of_the_runbook(
    channel: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, sent = channel
    [code] = re.findall(r"(?ms)^```python\n(from datetime.*?)^```", RUNBOOK)
    assert OF_TEAMS.search(code)
    said = '{"text": "{{subject}} {{body}}"}'
    ours = f'CustomWebhookNotificationBlock(name="night", url="{address}", json_data={said})'
    code = OF_TEAMS.sub(lambda _: ours, code)
    code = code.replace("import MicrosoftTeamsWebhook", "import CustomWebhookNotificationBlock")
    (tmp_path / "prefect").mkdir()
    (tmp_path / "extracts").mkdir()
    with prefect_server(tmp_path / "prefect") as server:
        subprocess.run([sys.executable, "-c", code], env=server.environment, cwd=ROOT, check=True)
        assert {each["name"] for each in server.ask("/automations/filter", {})} == {
            "a night that did not publish",
            "a night that never came",
        }
        night = subprocess.run(
            [Path(sys.executable).with_name("stimaudit"), "run", "--extracts", tmp_path / "extracts",
             "--out", tmp_path / "out", "--as-of", "2026-06-30"],
            env=server.environment, cwd=tmp_path, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert night.returncode == ExitCode.REFUSED, night.stderr
        told = until(lambda: sent[0] if sent else None)

    assert "stimaudit: nightly-2026-06-30" in told
    assert "The delivery holds no extract file" in told
