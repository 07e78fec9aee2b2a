"""How the desk looks: a paper-white day and a dim night. The reader chooses, before that the system they sit at.

Every text colour stands at 7:1 or more on the grounds it is used on (WCAG AAA), because desks are old, nights are
long and readers are tired; tests/desk/test_theme.py computes it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from api.desk.text import Catalogue

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Palette:
    ground: str
    surface: str
    raised: str
    ink: str
    soft: str  # second-rank text
    line: str
    accent: str
    on_accent: str
    critical: str
    critical_ground: str
    warning: str
    warning_ground: str
    info: str
    info_ground: str
    good: str
    good_ground: str


DAY = Palette(
    ground="#f3f2ed",
    surface="#ffffff",
    raised="#eae9e2",
    ink="#17202b",
    soft="#424d5b",
    line="#cfcdc4",
    accent="#0b5457",
    on_accent="#ffffff",
    critical="#8d1219",
    critical_ground="#fde9e7",
    warning="#693f00",
    warning_ground="#fdf0d5",
    info="#15456f",
    info_ground="#e5eff8",
    good="#134d29",
    good_ground="#e2f2e6",
)
NIGHT = Palette(
    ground="#11161b",
    surface="#1a2128",
    raised="#252e37",
    ink="#eef1f3",
    soft="#bcc6cf",
    line="#3a4651",
    accent="#79d3ca",
    on_accent="#06201f",
    critical="#ffb0a9",
    critical_ground="#3b1a1c",
    warning="#f5c878",
    warning_ground="#352710",
    info="#a5d0f5",
    info_ground="#16293a",
    good="#94dcab",
    good_ground="#152e1f",
)


def _variables(palette: Palette) -> str:
    return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in asdict(palette).items())


@cache
def _assets() -> str:
    rules = (_HERE / "desk.css").read_text(encoding="utf-8")
    script = (_HERE / "desk.js").read_text(encoding="utf-8")
    colours = (
        f":root{{{_variables(DAY)}color-scheme:light}}"
        f":root[data-theme=night]{{{_variables(NIGHT)}color-scheme:dark}}"
    )
    return f"<style>{colours}{rules}</style><script>{script}</script>"


def head(words: Catalogue, now: datetime) -> str:
    """Everything that a page's <head> needs: nothing comes from outside the house."""
    config = {
        "language": words.code,
        "now": now.timestamp(),
        "ago": {"s": words.ago_s, "min": words.ago_min, "h": words.ago_h, "d": words.ago_d},
        "lost": [words.lost, words.lost_body],
    }
    text = json.dumps(config, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script id="desk-config" type="application/json">{text}</script>{_assets()}'
