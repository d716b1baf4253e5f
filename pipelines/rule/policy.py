"""Policies: dossiers in TOML with a gate in front, tables of the schema ``policies`` behind it.

A dossier says what is asked, why, on which sources, with which numbers and for what reason, who
wrote it and who checked it. The loader refuses one that a reader could not trust. One dossier stands
on its own feet, or extends one other and lists only what differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.ground.errors import PolicyError
from pipelines.ground.warehouse import identifier, put_frame
from pipelines.rule.dossier import (
    Dossier,
    Policy,
    dossier_faults,
    faults_of_review,
    format_value,
    policy_of,
    read_dossier,
)
from pipelines.rule.parameters import parameter_units
from pipelines.rule.value_sets import LAST_DAY
from pipelines.rule.vocabulary import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


DEFAULT_POLICY = "evidence_low_back_pain"
"""The policy of a run that names no other."""

DEFAULT_ASSIGNMENTS: Mapping[str, str] = {
    "medicare_ffs": "medicare_ncd_160_7",
    "medicare_advantage": "medicare_ncd_160_7",
}
"""The policies by line of business of a run whose configuration says nothing of the line (docs/rule.md 9)."""


@dataclass(frozen=True)
class PolicyReport:
    """What the gate found in a folder: the policies that can be trusted, and every fault."""

    policies: tuple[Policy, ...]
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the folder may be loaded."""
        return not self.faults

    def lines(self) -> tuple[str, ...]:
        """The report as lines of text: a line a policy, then every fault."""
        return (
            *(
                f"{policy.id} {policy.version}: {len(policy.parameters)} parameters, reviewed on {policy.reviewed_on}, "
                f"next review {policy.next_review}, sha256 {policy.sha256}"
                for policy in self.policies
            ),
            *(f"fault: {fault}" for fault in self.faults),
            f"{len(self.policies)} policies, {len(self.faults)} faults.",
        )

    def as_json(self) -> dict[str, Any]:
        """The policies with their reviews, and the faults."""
        return {
            "policies": [
                {
                    "policy_id": policy.id,
                    "version": policy.version,
                    "reviewed_on": policy.reviewed_on.isoformat(),
                    "next_review": policy.next_review.isoformat(),
                    "sha256": policy.sha256,
                }
                for policy in self.policies
            ],
            "faults": list(self.faults),
        }


def load_policies(folder: Path, *, as_of: date, allow_overdue: bool = False) -> tuple[Policy, ...]:
    """Every policy of ``folder``, by id.

    Raises ``PolicyError`` with one sentence naming file and field for the first dossier that misses a
    field, has an unknown parameter or a wrong type or unit, was checked by its author, has a next review
    not later than the last, is overdue at ``as_of`` (unless ``allow_overdue``), ends before it starts,
    extends what is not there or itself extends, or takes another's id.
    """
    report = check_policies(folder, as_of=as_of, allow_overdue=allow_overdue)
    if report.faults:
        more = len(report.faults) - 1
        raise PolicyError(
            report.faults[0] + (f" ({more} more; `stimaudit policy check` lists them all.)" if more else "")
        )
    return report.policies


def check_policies(folder: Path, *, as_of: date, allow_overdue: bool = False) -> PolicyReport:
    """What the gate says of every dossier of ``folder``, all faults together."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        return PolicyReport(
            (), (f"{folder}: there is no policy dossier (*.toml) here; name the folder that has them.",)
        )
    faults: list[str] = []
    dossiers: dict[str, Dossier] = {}
    for path in paths:
        dossier, found = read_dossier(path)
        faults.extend(found)
        if dossier is None:
            continue
        if dossier.id in dossiers:
            faults.append(
                f"{path.name}, id: '{dossier.id}' is the id of {dossiers[dossier.id].file_name} already; "
                "give this dossier its own."
            )
            continue
        dossiers[dossier.id] = dossier
    policies: list[Policy] = []
    for dossier in sorted(dossiers.values(), key=lambda dossier: dossier.is_extension):
        found = [f"{dossier.file_name}, {fault}" for fault in dossier_faults(dossier, dossiers)]
        if not found:
            policy = policy_of(dossier, dossiers)
            found = [f"{dossier.file_name}, {fault}" for fault in faults_of_review(policy, as_of, allow_overdue)]
            policies.append(policy)
        faults.extend(found)
    return PolicyReport(tuple(sorted(policies, key=lambda policy: policy.id)), tuple(faults))


def write_policies(
    connection: Connection,
    policies: Iterable[Policy],
    *,
    default_policy: str,
    single_policy: str | None = None,
    policy_by_line_of_business: Mapping[str, str],
) -> None:
    """Makes the schema ``policies``.

    - ``policy``: one row a policy, with a typed column a parameter (in the order of the rule);
    - ``default_policy``: the one row whose parameters govern docs/rule.md 1, 2, 3;
    - ``line_of_business_policy``: one row a line of business that has its own policy;
    - ``fallback_policy``: one row, the policy of members whose line of business has none, or whose
      policy is not in force on the anchor date;
    - ``parameter``: one row a policy and parameter, as text with unit and reason, for readers.

    With ``single_policy`` every member gets it and the assignments are left out. Raises ``PolicyError``
    where a policy named is not among ``policies`` or one line of business is assigned twice.
    """
    known = {policy.id: policy for policy in policies}
    assigned = _assignments({} if single_policy is not None else policy_by_line_of_business)
    fallback = single_policy if single_policy is not None else default_policy
    for policy_id in (default_policy, fallback, *assigned.values()):
        if policy_id not in known:
            message = f"There is no policy '{policy_id}'; use one of {', '.join(sorted(known))}."
            raise PolicyError(message)
    policy = _policy_frame(known.values())
    _write(connection, "policy", policy)
    _write(connection, "default_policy", policy.filter(pl.col("policy_id") == default_policy))
    _write(
        connection,
        "line_of_business_policy",
        pl.DataFrame(
            {"line_of_business": list(assigned), "policy_id": list(assigned.values())},
            schema={"line_of_business": pl.String, "policy_id": pl.String},
        ),
    )
    _write(connection, "fallback_policy", pl.DataFrame({"policy_id": [fallback]}))
    _write(connection, "parameter", _parameter_frame(known.values()))


def normalise_line_of_business(text: str) -> str:
    """``text`` in lower case with each run of blanks or hyphens as one ``_`` (``Medicare - FFS``: ``medicare_ffs``)."""
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _assignments(policy_by_line_of_business: Mapping[str, str]) -> dict[str, str]:
    assigned: dict[str, str] = {}
    for line_of_business, policy_id in policy_by_line_of_business.items():
        name = normalise_line_of_business(line_of_business)
        if not name:
            message = "A policy is assigned to a blank line of business; name the line of business."
            raise PolicyError(message)
        if assigned.get(name, policy_id) != policy_id:
            message = f"Line of business '{name}' is assigned to '{assigned[name]}' and to '{policy_id}'; keep one."
            raise PolicyError(message)
        assigned[name] = policy_id
    return dict(sorted(assigned.items()))


def _policy_frame(policies: Iterable[Policy]) -> pl.DataFrame:
    types: dict[str, pl.DataType] = {
        "INTEGER": pl.Int32(),
        "DOUBLE": pl.Float64(),
        "BOOLEAN": pl.Boolean(),
        "DATE": pl.Date(),
    }
    schema: dict[str, pl.DataType] = {
        "policy_id": pl.String(),
        "policy_version": pl.String(),
        "title": pl.String(),
        "first_valid_date": pl.Date(),
        "last_valid_date": pl.Date(),
    }
    schema |= {name: types[UNITS[unit]] for name, unit in parameter_units().items()}
    rows = [
        {
            "policy_id": policy.id,
            "policy_version": policy.version,
            "title": policy.title,
            "first_valid_date": policy.effective_from,
            "last_valid_date": policy.effective_to or LAST_DAY,
        }
        | {parameter.name: parameter.value for parameter in policy.parameters}
        for policy in sorted(policies, key=lambda policy: policy.id)
    ]
    return pl.DataFrame(rows, schema=schema)


def _parameter_frame(policies: Iterable[Policy]) -> pl.DataFrame:
    rows = [
        {
            "policy_id": policy.id,
            "parameter": parameter.name,
            "value": format_value(parameter.value),
            "unit": parameter.unit,
            "reason": parameter.reason,
            "is_own": parameter.name in policy.own_parameters,
        }
        for policy in sorted(policies, key=lambda policy: policy.id)
        for parameter in policy.parameters
    ]
    return pl.DataFrame(rows)


def _write(connection: Connection, table: str, frame: pl.DataFrame) -> None:
    put_frame(connection, f"policies.{identifier(table)}", frame)
