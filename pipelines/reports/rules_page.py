"""The rules page: every policy with its numbers, reasons, sources and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.reports.case_file import read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import Row
    from pipelines.reports.frame import Stamp
    from pipelines.rule.dossier import Policy


def dossier_facts(stamp: Stamp, policies: Sequence[Policy]) -> dict[str, Policy]:
    """The dossiers that are the run's own version; without versions in the run's facts, those of the same number."""
    known = set(stamp.policies)
    return {policy.id: policy for policy in policies if f"{policy.id} {policy.version}" in known}


def rules_page_facts(connection: Connection, stamp: Stamp, policies: Sequence[Policy]) -> dict[str, object]:
    """What the rules page shows: each policy with its numbers and what differs from the default, and the value sets."""
    parameters: dict[str, list[Row]] = {}
    for row in read_rows(connection, "from policy order by policy_id, rowid"):
        parameters.setdefault(row["policy_id"], []).append(row)
    default = stamp.parameters.get("default_policy")
    order = sorted(parameters, key=lambda policy: (policy != default, policy))
    used = dict(
        connection.execute(
            "select policy_id, count(*) from episode_review group by policy_id order by policy_id"
        ).fetchall()
    )
    base = {row["parameter"]: row["parameter_value"] for row in parameters.get(str(default), [])}
    return {
        "rules": [
            {
                "id": policy,
                "rows": parameters[policy],
                "title": parameters[policy][0]["policy_title"],
                "version": parameters[policy][0]["policy_version"],
                "dossier": dossier_facts(stamp, policies).get(policy),
                "is_default": policy == default,
                "is_used": policy in used,
                "differs": {
                    row["parameter"]
                    for row in parameters[policy]
                    if base and base.get(row["parameter"]) != row["parameter_value"]
                },
            }
            for policy in order
        ],
        "value_sets": read_rows(
            connection,
            "select value_set_name, count(*) as code_count, min(effective_start) as first_start, "
            "max(effective_end) as last_end from value_set group by value_set_name order by value_set_name",
        ),
        "digests": {version.split()[0]: version.rsplit(":", 1)[-1][:12] for version in stamp.value_set_versions},
    }
