"""Charts that stand once in a report, from Altair as static SVG: nothing of them runs in the reader's browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence


INK, BAR, GRID = "#1c2733", "#2b5d8a", "#d5dbe2"
FONT = "sans-serif"
BAR_STEP, INTERVAL_STEP = 30, 40


@dataclass(frozen=True)
class TrendPoint:
    """One run of a trend, with a count already fit to be shown; none: too few."""

    label: str
    flagged_count: int | None


@dataclass(frozen=True)
class IntervalPoint:
    """One share with its interval, each 0 to 1, and its text."""

    label: str
    share: float
    low: float
    high: float
    text: str


def bar_chart(steps: Sequence[tuple[str, int]], *, name: str, title: str, description: str) -> Markup:
    """Horizontal bars in the order given, such as what remained after each step, with the counts beside them."""
    import altair as alt

    rows = [{"step": step, "count": count, "order": order} for order, (step, count) in enumerate(steps)]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            "step:N",
            sort=alt.EncodingSortField("order"),
            title=None,
            axis=alt.Axis(labelLimit=330, labelFontSize=12, ticks=False, domain=False, labelPadding=8),
        ),
        x=alt.X("count:Q", title=None, axis=None),
    )
    bars = base.mark_bar(color=BAR, height=17)
    counts = base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(text=alt.Text("count:Q", format=","))
    chart = (bars + counts).properties(width=640, height=alt.Step(BAR_STEP))
    return _svg(chart.to_dict(), name=name, title=title, description=description)


def interval_chart(
    points: Sequence[IntervalPoint], *, reference: float, reference_label: str, name: str, title: str, description: str
) -> Markup:
    """A point with its interval a line, on a scale of 0 to 100 %, and a dashed line of reference."""
    import altair as alt

    rows = [
        {"label": point.label, "share": point.share, "low": point.low, "high": point.high, "text": point.text}
        for point in points
    ]
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=330, labelFontSize=12, ticks=False, domain=False, labelPadding=8),
        )
    )
    axis = alt.Axis(format="%", tickCount=5, gridColor=GRID, domain=False, ticks=False)
    interval = base.mark_rule(color=INK, strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale, title=None, axis=axis))
    ends = [base.mark_tick(color=INK, thickness=2.5, size=12).encode(x=alt.X(f"{end}:Q")) for end in ("low", "high")]
    point = base.mark_point(filled=True, size=90, color=INK, opacity=1).encode(x=alt.X("share:Q"))
    texts = base.mark_text(align="left", dx=12, fontSize=12, color=INK).encode(x=alt.X("high:Q"), text="text:N")
    line = alt.Chart(alt.InlineData(values=[{"at": reference, "label": reference_label}])).encode(x=alt.X("at:Q"))
    chart = (
        line.mark_rule(color=INK, strokeDash=[4, 4])
        + line.mark_text(baseline="bottom", dy=-6, fontSize=11, color=INK).encode(y=alt.value(0), text="label:N")
        + interval.encode(x2="high:Q")
        + ends[0]
        + ends[1]
        + point
        + texts
    ).properties(width=560, height=alt.Step(INTERVAL_STEP))
    return _svg(chart.to_dict(), name=name, title=title, description=description)


def trend_chart(points: Sequence[TrendPoint], *, name: str, title: str, description: str) -> Markup:
    """The line of flagged episodes over runs."""
    import altair as alt

    rows = [
        {"run": point.label, "count": point.flagged_count, "order": order}
        for order, point in enumerate(points)
        if point.flagged_count is not None
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "run:O",
            sort=alt.EncodingSortField("order"),
            title=None,
            axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False),
        ),
        y=alt.Y(
            "count:Q", title="Episodes flagged", axis=alt.Axis(gridColor=GRID, domain=False, ticks=False, tickCount=4)
        ),
    )
    chart = (
        base.mark_line(strokeWidth=2, color=BAR) + base.mark_point(filled=True, size=50, opacity=1, color=BAR)
    ).properties(width=640, height=180)
    return _svg(chart.to_dict(), name=name, title=title, description=description)


SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 24, 3


def sparkline(values: Sequence[float], *, title: str) -> Markup:
    """The values as a small line from the oldest to the newest, which has a point; nothing for less than two."""
    if not values[1:]:
        return Markup("")
    low, span = min(values), max(values) - min(values)
    step = (SPARK_WIDTH - 2 * SPARK_EDGE) / (len(values) - 1)
    tall = SPARK_HEIGHT - 2 * SPARK_EDGE
    points = [
        (SPARK_EDGE + step * place, SPARK_EDGE + tall * (0.5 if span == 0 else 1 - (value - low) / span))
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'role="img"><title>{title}</title><polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        '<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/></svg>'
    ).format(
        width=SPARK_WIDTH, height=SPARK_HEIGHT, title=title, line=line, colour=BAR, x=points[-1][0], y=points[-1][1]
    )


def _svg(specification: dict[str, object], *, name: str, title: str, description: str) -> Markup:
    """The chart as one image with its own title and description; Vega's own roles and labels are taken out."""
    import vl_convert

    specification["padding"] = {"left": 28, "right": 12, "top": 6, "bottom": 6}
    specification["config"] = {"view": {"stroke": None}, "font": FONT, "axis": {"labelColor": INK, "titleColor": INK}}
    drawn = vl_convert.vegalite_to_svg(specification)
    drawn = re.sub(r'\s(?:aria-[a-z]+|role)="[^"]*"', "", drawn)
    drawn = re.sub(r'(id="|url\(#)(clip\d+)', rf"\g<1>{name}-\g<2>", drawn)
    head, body = drawn.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    width = re.search(r'\swidth="([\d.]+)"', head)
    opening = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" {box} style="max-width:{width}px" role="img" '
        'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{title}</title>'
        '<desc id="{name}-desc">{description}</desc>'
    ).format(
        box=Markup(box.group(0) if box else ""),  # noqa: S704 - four numbers written by the chart library
        width=width.group(1) if width else "720",
        name=name,
        title=title,
        description=description,
    )
    return opening + Markup(body)  # noqa: S704 - drawn by the chart library, which escapes the texts of its data


def described(steps: Sequence[tuple[str, int]]) -> str:
    """The steps of a funnel as one sentence for those who do not see the chart."""
    return "; ".join(f"{step}: {count:,}" for step, count in steps) + "."
