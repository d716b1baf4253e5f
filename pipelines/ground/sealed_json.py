"""JSON that tells when one byte of it was changed: with a digest of itself, in one form only."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pipelines.ground.files import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping


SEAL = "seal"


def sealed_text(content: Mapping[str, Any]) -> str:
    """``content`` as JSON text with its seal: the digest of the text without it."""
    return json_text({**content, SEAL: hashlib.sha256(json_text(content).encode()).hexdigest()})


def unsealed(text: str) -> dict[str, Any]:
    """What was sealed; raises ``ValueError``, which quotes nothing, when ``text`` is not as it was written."""
    try:
        content = json.loads(text)
        del content[SEAL]
        is_whole = sealed_text(content) == text
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        message = "not as it was written"
        raise ValueError(message) from None
    return dict(content)
