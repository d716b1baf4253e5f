"""A policy as lines of text, for ``stimaudit policy show``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pipelines.rule.dossier import VERIFICATIONS, Criterion, Policy, format_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_WIDTH = 100


def policy_lines(policy: Policy) -> tuple[str, ...]:
    """The dossier as lines of plain text: question, criteria, exclusions, parameters, sources, changes."""
    until = f"until {policy.effective_to}" if policy.effective_to else "with no end set"
    lines = [
        f"{policy.title} ({policy.id}, version {policy.version})",
        *_paragraph(
            f"In force from {policy.effective_from}, {until}; meant for {', '.join(policy.lines_of_business)}."
        ),
        *_paragraph(
            f"Written by {policy.authored_by}, checked by {policy.checked_by} on {policy.reviewed_on}; "
            f"next review {policy.next_review}."
        ),
        *([f"Extends {policy.extends}; * marks the parameters that differ."] if policy.extends else []),
        "",
        "Question",
        *_paragraph(policy.question),
        "",
        "Why it matters",
        *_paragraph(policy.why_it_matters),
        "",
        "Criteria",
        *_tests(policy.criteria),
        "",
        "What takes an episode off the list, in this order",
        *_tests(policy.exclusions),
        "",
        "Parameters",
        *parameter_lines(policy),
        "",
        "Sources",
    ]
    for source in policy.sources:
        lines.extend(
            _paragraph(
                f"- {source.title}. {source.publisher}. {source.section}. Read {source.date_read}: "
                f"{VERIFICATIONS[source.verification]}.",
                "  ",
            )
        )
    lines.extend(["", "Changes"])
    for change in policy.change_log:
        lines.extend(_paragraph(f"- {change.date}, {change.version}, {change.changed_by}: {change.change}", "  "))
    return tuple(lines)


def parameter_lines(policy: Policy) -> tuple[str, ...]:
    """One line a parameter: name, value, unit, reason, in columns; ``*`` where it differs from the extended policy."""
    shown = [
        (
            ("* " if policy.extends and parameter.name in policy.own_parameters else "  ") + parameter.name,
            format_value(parameter.value),
            parameter.unit,
            parameter.reason,
        )
        for parameter in policy.parameters
    ]
    name, value, unit = (max(len(row[place]) for row in shown) for place in range(3))
    return tuple(f"{row[0]:<{name}}  {row[1]:>{value}}  {row[2]:<{unit}}  {row[3]}" for row in shown)


def _paragraph(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(" ".join(text.split()), _WIDTH, subsequent_indent=indent)


def _tests(criteria: Iterable[Criterion]) -> Iterator[str]:
    for criterion in criteria:
        sets = f" [{', '.join(criterion.value_sets)}]" if criterion.value_sets else ""
        yield from _paragraph(f"- {criterion.id}: {criterion.statement}{sets}", "  ")
