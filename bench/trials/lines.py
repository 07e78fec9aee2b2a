"""What a trial has found: lines with a target and whether it was reached."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    what: str
    target: str
    found: str
    reached: bool
    figures: dict[str, Any] = field(default_factory=dict)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that so many percent are not above; NaN of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def within(what: str, values_s: Sequence[float], p95_s: float, most_s: float) -> Line:
    """A line on times of which 95 % and the longest have a limit."""
    p95, most = percentile(values_s, 95), max(values_s, default=math.nan)
    return Line(
        what,
        f"p95 ≤ {p95_s:g} s, at most {most_s:g} s",
        f"p50 {percentile(values_s, 50):.1f} s, p95 {p95:.1f} s, at most {most:.1f} s, of {len(values_s)}",
        p95 <= p95_s and most <= most_s,
        {"p50_s": percentile(values_s, 50), "p95_s": p95, "most_s": most, "count": len(values_s)},
    )


def table(lines: Sequence[Line]) -> str:
    rows = ["| what | target | found | reached |", "|---|---|---|---|"]
    rows += [f"| {x.what} | {x.target} | {x.found} | {'yes' if x.reached else '**no**'} |" for x in lines]
    return "\n".join(rows)


def as_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [asdict(line) for line in lines]
