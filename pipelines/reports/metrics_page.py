"""The page of review figures, as it may be shared: it names nobody, and no count of 1 to 10 can be told from it.

No totals stand beside parts, a share only where both of its sides may be counted. Counts are rounded up to tens, shares
to whole percents (decisions 0063, 0196).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.ground.queries import query
from pipelines.reports import words
from pipelines.reports.charts import IntervalPoint, bar_chart, described, interval_chart
from pipelines.reports.suppression import LEAST_SHOWN, may_show, rounded_up, shown_groups
from pipelines.review.metrics import SMALLEST_SHOWN, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import Row
    from pipelines.reports.suppression import ShownGroup
    from pipelines.review.metrics import Metrics, VersionFigures


FEW = f"{LEAST_SHOWN - 1} or fewer"
SMALL, HIDDEN = "not shown: small numbers", "not shown"
TOO_FEW = f"hidden: fewer than {SMALLEST_SHOWN}"
NOBODY = "none yet"

# Reviews that no rule had led to: 36 % (SMRC, services of 2018) and 48 of 106 (OIG, 2021) without support.
BASE_RATE = 0.40

PROVIDER_BANDS = ((1, 1), (2, 3), (4, 10), (11, None))


@dataclass(frozen=True)
class ShownShare:
    """A share as it may be shown: in percent with its interval, or the words that say why not."""

    percent: str
    interval: str
    n: str
    is_shown: bool


NO_APPEAL = ShownShare("no appeal decided", "", "0", is_shown=False)


@dataclass(frozen=True)
class VersionLine:
    """One policy version: how often its flags were right, and the counts beside it that may be shown."""

    name: str
    share: Share
    precision: ShownShare
    after_appeal: ShownShare
    supported: str
    not_supported: str
    flag_error: str
    no_response: str
    out_of_scope: str
    days_to_close: str


@dataclass(frozen=True)
class CheckLine:
    """One figure of how the work is checked, with what it is read against."""

    name: str
    share: ShownShare
    reading: str


def metrics_page(
    connection: Connection, figures: Metrics, *, review: Sequence[Row], decisions: Sequence[Row]
) -> dict[str, object]:
    """What the page says: ``figures`` of the review, ``review`` where each case stands, ``decisions`` as recorded."""
    versions = version_lines(figures, flagged_count=flagged_count(connection))
    points = [chart_point(line) for line in versions if line.precision.is_shown]
    listed = Counter(row["case_status"] for row in review if row["is_flagged"])
    ages = shown_ages(figures, listed)
    bars = [(_together(group), rounded_up(group.count)) for group in ages or ()]
    return {
        "is_anything_decided": bool(figures.versions or figures.unflagged_supported.n),
        "decided_until": max((row["recorded_at_utc"] for row in decisions), default=None),
        "versions": versions,
        "precision_chart": interval_chart(
            points,
            reference=BASE_RATE,
            reference_label="about 40 %: without any rule",
            name="precision",
            title="Precision of flags by policy version, with 95 % interval",
            description="; ".join(f"{point.label}: {point.text}" for point in points) + ".",
        )
        if points
        else None,
        "checks": check_lines(figures),
        "statuses": [
            (rounded_up(group.count), [words.STATUSES[name] for name in group.names])
            for group in shown_groups([(name, listed[name]) for name in words.STATUSES])
        ],
        "listed_count": sum(listed.values()),
        "waiting_count": sum(figures.age_counts.values()),
        "ages": None if ages is None else bars,
        "age_chart": bar_chart(
            bars,
            name="ages",
            title="Waiting cases by days since they were first flagged",
            description=described(bars),
        )
        if bars
        else None,
        "median_age": f"{figures.median_age_days:g}" if ages and figures.median_age_days is not None else None,
        **provider_figures(connection),
    }


def flagged_count(connection: Connection) -> int:
    """How many episodes the run flagged, as the summary tells."""
    return int(connection.execute("select count(*) from episode_review where outcome = 'flagged'").fetchall()[0][0])


def version_lines(figures: Metrics, *, flagged_count: int) -> list[VersionLine]:
    """The policy versions of ``figures``, in their order, as they may be shown beside the flagged cases of the run.

    None of them where all judged flags together would tell that only a few are not judged.
    """
    judged = sum(version.precision.n for version in figures.versions if may_show(version.precision.n))
    is_safe = may_show(max(flagged_count - judged, 0))
    return [_version_line(version, is_safe=is_safe) for version in figures.versions]


def best_known(lines: Iterable[VersionLine]) -> VersionLine | None:
    """The version with most judged flags among those whose precision may be shown."""
    return max((line for line in lines if line.precision.is_shown), key=lambda line: line.share.n, default=None)


def shown_share(share: Share, *, is_safe: bool = True) -> ShownShare:
    """``share`` where 30 and more stand behind it and neither of its sides is 1 to 10; else the words that say why.

    Where ``is_safe`` is false it is hidden with its number: beside another shown count it would tell a small one.
    """
    if share.n == 0:
        return ShownShare(NOBODY, "", "0", is_shown=False)
    if not is_safe:
        return ShownShare(SMALL, "", HIDDEN, is_shown=False)
    n = f"{rounded_up(share.n):,}" if may_show(share.n) else FEW
    if not share.is_shown:
        return ShownShare(TOO_FEW, "", n, is_shown=False)
    if not (may_show(share.hits) and may_show(share.n - share.hits)):
        return ShownShare(SMALL, "", n, is_shown=False)
    low, high = share.interval
    return ShownShare(f"{share.hits / share.n:.0%}", f"{100 * low:.0f} to {100 * high:.0f} %", n, is_shown=True)


def shown_ages(figures: Metrics, listed: Counter[str]) -> tuple[ShownGroup, ...] | None:
    """The waiting cases by age; none where their total would tell what the statuses hide.

    The cases on the list are known, so the waiting ones tell the decided ones, and the other way round.
    """
    decided_alone = next(
        (
            group
            for group in shown_groups([(name, listed[name]) for name in words.STATUSES])
            if group.names == ("decided",)
        ),
        None,
    )
    if listed["decided"] and decided_alone is None:
        return None
    return shown_groups([(f"{band.replace('-', ' to ')} days", count) for band, count in figures.age_counts.items()])


def check_lines(figures: Metrics) -> list[CheckLine]:
    """The figures of samples, second reviews and appeals, over all policy versions."""
    supported = sum(version.supported for version in figures.versions)
    missed = sum(version.not_supported + version.flag_error for version in figures.versions)
    overturned = Share(
        sum(version.overturn_rate.hits for version in figures.versions),
        sum(version.overturn_rate.n for version in figures.versions),
    )
    chance = figures.random_flags
    return [
        CheckLine(
            "Precision of flags chosen by chance from the lower half of the list",
            shown_share(
                chance,
                is_safe=may_show(supported - chance.hits) and may_show(missed - (chance.n - chance.hits)),
            ),
            "The best ranked are read first: this says what the rest is worth.",
        ),
        CheckLine(
            "Implants that were not flagged, chosen by chance: finding supported all the same",
            shown_share(figures.unflagged_supported),
            "What the rule misses. Near zero is good.",
        ),
        CheckLine(
            "Second reviews that agree with the first",
            shown_share(
                figures.second_review_agreement,
                is_safe=may_show(max(supported + missed - figures.second_review_agreement.n, 0)),
            ),
            "Asked for: 95 % and more.",
        ),
        CheckLine(
            "Supported findings that were appealed and overturned",
            shown_share(overturned, is_safe=may_show(supported - overturned.n)),
            "Asked for: 10 % and less of decided appeals.",
        ),
    ]


def provider_figures(connection: Connection) -> dict[str, object]:
    """How many providers have how many flagged cases, in bands; who they are is not told."""
    case_counts = [count for (count,) in connection.execute(query("flagged_provider")).fetchall()]
    nameless = len(connection.execute(query("flagged_without_provider")).fetchall())
    bands = [
        (_band(low, high), sum(low <= count and (high is None or count <= high) for count in case_counts))
        for low, high in PROVIDER_BANDS
    ]
    most = max(case_counts, default=0)
    return {
        "is_provider_known": bool(case_counts),
        "provider_bands": tuple(replace(band, count=rounded_up(band.count)) for band in shown_groups(bands)),
        # Beside the flagged cases of the summary it would tell those that this provider does not have.
        "provider_most": f"{rounded_up(most):,}"
        if most >= LEAST_SHOWN and may_show(flagged_count(connection) - most)
        else None,
        "is_provider_lacking": nameless > 0,
    }


def _version_line(version: VersionFigures, *, is_safe: bool) -> VersionLine:
    precision = shown_share(version.precision, is_safe=is_safe)
    after = shown_share(version.precision_after_appeal, is_safe=precision.is_shown and may_show(version.overturned))
    missed = (version.not_supported, version.flag_error)
    are_missed_shown = precision.is_shown and all(may_show(count) for count in missed)
    closed = version.precision.n + version.no_response + version.out_of_scope
    return VersionLine(
        name=f"{version.policy_id} {version.policy_version}",
        share=version.precision,
        precision=precision,
        after_appeal=after if version.overturn_rate.n else NO_APPEAL,
        supported=f"{rounded_up(version.supported):,}" if precision.is_shown else HIDDEN,
        not_supported=f"{rounded_up(version.not_supported):,}" if are_missed_shown else HIDDEN,
        flag_error=f"{rounded_up(version.flag_error):,}" if are_missed_shown else HIDDEN,
        # 0 and 1 to 10 read the same, so that the sum of all outcomes stays unknown.
        no_response=_or_few(version.no_response),
        out_of_scope=_or_few(version.out_of_scope),
        days_to_close=f"{version.median_days_to_close:g}"
        if version.median_days_to_close is not None and closed >= LEAST_SHOWN
        else SMALL,
    )


def _or_few(count: int) -> str:
    return f"{rounded_up(count):,}" if count >= LEAST_SHOWN else FEW


def chart_point(line: VersionLine) -> IntervalPoint:
    """A version for the chart, at whole percents: the place of a finer one would tell the numbers behind it."""
    share, low, high = (round(part, 2) for part in (line.share.hits / line.share.n, *line.share.interval))
    return IntervalPoint(line.name, share, low, high, _label(line.precision))


def _label(share: ShownShare) -> str:
    return f"{share.percent} [{share.interval}], n={share.n}"


def _together(group: ShownGroup) -> str:
    return f"Together: {', '.join(group.names)}" if len(group.names) > 1 else group.names[0]


def _band(low: int, high: int | None) -> str:
    if high is None:
        return f"{low} flagged cases and more"
    if low == high:
        return words.plural(low, "flagged case")
    return f"{low} to {high} flagged cases"
