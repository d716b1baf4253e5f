"""Whose identifiers are: every identifier of a row with the source or payer before it that gave it out.

See docs/contract.md 1.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.warehouse import identifier, literal
from pipelines.intake.extracts import NAMESPACES
from pipelines.intake.layouts.source import FileRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable


QUALIFIED_COLUMNS = (
    "claim_id",
    "member_id",
    "original_claim_id",
    "previous_member_id",
    "authorization_id",
    "prior_authorization_number",
    "document_id",
)
"""The columns that hold an identifier which a source or payer gives out."""


def qualifier(id_namespace: str | None) -> str | None:
    """The column by which identifiers are qualified where the configuration says ``id_namespace``; none: by none."""
    return id_namespace if id_namespace in NAMESPACES else None


def qualified_query(query: str, columns: Iterable[str], namespace: str, value: str | None) -> str:
    """``query``, a judged one of ``columns``, with its identifiers as `namespace:identifier`.

    The namespace of a row is its column ``namespace``, else ``value``, which the configuration gives the file; a row
    that has neither is set aside. Raises ``FileRefusedError`` where the file has no such column and no value.
    """
    held = set(columns)
    named = [name for name in QUALIFIED_COLUMNS if name in held]
    if not named:
        return query
    if namespace not in held and value is None:
        cause = f"Identifiers are qualified by {namespace}, and neither a column nor the configuration says it."
        raise FileRefusedError(
            cause, f"Add the column, where the table has it, or name the file in namespace_of_files ({namespace})."
        )
    known = f"nullif({identifier(namespace)}, '')" if namespace in held else "null"
    owner = f"coalesce({known}, {literal(value)})" if value is not None else known
    qualified = ", ".join(
        f"case when {name} is not null then concat({owner}, ':', {name}) end as {name}"
        for name in map(identifier, named)
    )
    fault = literal(f"{namespace}:missing")
    faults = f"case when {owner} is null then concat_ws(';', row_faults, {fault}) else row_faults end as row_faults"
    return f"select * replace ({qualified}, {faults}) from ({query}) as judged_row"
