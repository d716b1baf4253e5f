"""The narrow stage: from the landed history to the members who can have an implant episode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from pipelines.ground.closed_words import Word, vocabulary
from pipelines.ground.warehouse import MEMORY_LIMIT, open_warehouse, put_frame
from pipelines.intake.ledger import attach
from pipelines.rule.kept_rows import attach_kept, attach_rows, keep
from pipelines.rule.models import build, read_models
from pipelines.rule.policy import write_policies
from pipelines.rule.row_checks import put_failed_checks
from pipelines.rule.value_sets import write_value_sets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.dossier import Policy
    from pipelines.rule.kept_layers import Layer
    from pipelines.rule.row_checks import RowCheck
    from pipelines.rule.value_sets import ValueSet


Reach = Mapping[str, tuple[date | None, date | None]]
"""The first and last day that a feed can speak of, by table, as the configuration says; none: no bound."""


_REACH_GIVEN: Mapping[str, pl.DataType] = {
    "table_name": pl.String(),
    "first_date": pl.Date(),
    "last_date": pl.Date(),
}


def narrow(
    *,
    landed: Path,
    working: Path,
    sql: Path,
    as_of: date,
    assume_enrolled: bool,
    policies: Sequence[Policy],
    value_sets: Sequence[ValueSet],
    default_policy: str,
    single_policy: str | None = None,
    policy_by_line_of_business: Mapping[str, str] | None = None,
    reach: Reach | None = None,
    redelivered_claims: str = "lines",
    row_checks: Sequence[RowCheck] = (),
    keeps_rows: bool = False,
    layers: Sequence[Layer] = (),
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> None:
    """Makes the working file ``working``: value sets, policies, closed words, run facts and the candidates' history.

    Only this stage reads landed rows; from here on everything costs by candidates. Where it ``keeps_rows`` what was
    looked up in them stays below ``landed`` for the next night, and this one looks up what is new. Without that, and
    without ``layers`` that were kept before, it reads the whole history, and the same comes out.

    ``assume_enrolled`` does nothing where an eligibility extract was delivered. A feed that ``reach`` does not name has
    the reach that its rows tell. ``row_checks`` are what the gates ask of single rows.
    """
    if keeps_rows:
        layers = keep(landed, sql=sql, value_sets=value_sets, memory_limit=memory_limit, threads=threads)
    with open_warehouse(working, memory_limit=memory_limit, threads=threads) as connection:
        attach(connection, landed)
        write_value_sets(connection, value_sets)
        write_policies(
            connection,
            policies,
            default_policy=default_policy,
            single_policy=single_policy,
            policy_by_line_of_business=policy_by_line_of_business or {},
        )
        if layers:
            attach_kept(connection, landed, layers, sql=sql)
        else:
            attach_rows(connection, sql)
        stage_kept(
            connection,
            sql,
            as_of=as_of,
            assume_enrolled=assume_enrolled,
            reach=reach,
            redelivered_claims=redelivered_claims,
            row_checks=row_checks,
        )


def stage_candidates(
    connection: Connection,
    sql: Path,
    *,
    as_of: date,
    assume_enrolled: bool,
    reach: Reach | None = None,
    redelivered_claims: str = "lines",
) -> None:
    """Makes the schemas ``kept``, ``staging`` and ``vocabulary`` from ``landed``, ``value_sets`` and ``policies``.

    It reads the whole history; what was asked of the run stands where ``stage_kept`` puts it.
    """
    attach_rows(connection, sql)
    stage_kept(
        connection,
        sql,
        as_of=as_of,
        assume_enrolled=assume_enrolled,
        reach=reach,
        redelivered_claims=redelivered_claims,
    )


def stage_kept(
    connection: Connection,
    sql: Path,
    *,
    as_of: date,
    assume_enrolled: bool,
    reach: Reach | None = None,
    redelivered_claims: str = "lines",
    row_checks: Sequence[RowCheck] = (),
) -> None:
    """Makes the schemas ``staging`` (from ``kept``, ``landed``, ``value_sets`` and ``policies``) and ``vocabulary``.

    What was asked of the run stands in the one row of ``run_facts.run_given``, the reach that it was told of a feed in
    ``run_facts.reach_given``, what a claim that comes again means in the one row of ``run_facts.redelivery_given``.
    Which rows fail one of ``row_checks`` stands in ``run_facts.failed_check``.
    """
    write_vocabulary(connection)
    asked = {"as_of_date": as_of, "assume_enrolled": assume_enrolled}
    put_frame(connection, "run_facts.run_given", pl.DataFrame([asked]))
    told = [(table_name, *bounds) for table_name, bounds in sorted((reach or {}).items())]
    put_frame(connection, "run_facts.reach_given", pl.DataFrame(told, schema=_REACH_GIVEN, orient="row"))
    whole = {"holds_whole_claims": redelivered_claims == "whole"}
    put_frame(connection, "run_facts.redelivery_given", pl.DataFrame([whole]))
    build(connection, read_models(sql, ["staging"]), [])
    put_failed_checks(connection, row_checks, as_of=as_of)


def write_vocabulary(connection: Connection) -> None:
    """Makes ``vocabulary.word``: one row a closed word, for models that need its place, label or sentence."""
    words = [word for kind in vocabulary().values() for word in kind]
    schema = dict.fromkeys(Word._fields, pl.String()) | {"position": pl.Int32()}
    put_frame(connection, "vocabulary.word", pl.DataFrame(words, schema=schema, orient="row"))
