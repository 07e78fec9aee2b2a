"""Every sentence of the desk is there in both languages, and none of them says what may not be said."""

import re
from dataclasses import fields
from string import Formatter

import pytest

from api.desk import theme
from api.desk.text import CATALOGUES, EN, ZH_CN, catalogue, say
from api.desk.text.care import Care
from api.desk.text.roster import Roster
from api.desk.theme import DAY, NIGHT, Palette
from monitor import errors
from monitor.clock import utc_now
from monitor.core.absence import AbsenceEnd
from monitor.core.access import Role
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, Outcome, Severity
from monitor.core.camera import CameraState
from monitor.core.expected_visitor import PassState
from monitor.core.identifiability import CameraVerdict, IecClass, Light
from monitor.core.presence import PresenceState
from monitor.core.roster import Language, Link
from monitor.core.sighting import Direction
from monitor.core.wellness import AttemptKind, AttemptResult
from monitor.services.enrolled_well import Poorly

# law.md, section 6, left column.
FORBIDDEN = re.compile(
    "生病|健康|身体不适|摔倒|昏迷|可能死亡|高危|失能|风险|失踪|失联|一切正常|行踪|轨迹|活动规律|确认是本人|可疑|嫌疑|黑名单|入侵"
    "|拒绝者|不配合|监控老人|系统诊断|(?<!摄像机)正常"
    r"|\bill\b|fallen|\bdead\b|high.risk|disabled|missing|\bhealth|\bnormal|whereabouts|\btrack|habit|certain|suspect|blacklist"
    r"|intrud|refuser|monitoring|diagnos|(?-i:AI)",
    re.IGNORECASE,
)
COMPLETE = {
    "role": Role, "severity": Severity, "kind": AlertKind, "step": Step, "why_step": Step, "outcome": Outcome,
    "pass_state": PassState, "camera_state": CameraState, "presence": PresenceState, "direction": Direction,
    "camera_verdict": CameraVerdict, "verdict_means": CameraVerdict, "light": Light, "iec": IecClass,
}  # fmt: skip
COMPLETE_CARE = {
    "cause": Cause, "stands": PresenceState, "attempt": AttemptKind, "result": AttemptResult, "poorly": Poorly,
    "ended": AbsenceEnd,
}  # fmt: skip

COMPLETE_ROSTER = {"link": Link, "escalated": Link, "language": Language}


def sentences(words: object) -> dict[str, str]:
    found = {}
    for field in fields(words):  # type: ignore[arg-type]
        value = getattr(words, field.name)
        if isinstance(value, str):
            found[field.name] = value
        elif isinstance(value, Care | Roster):
            found |= {f"{field.name}.{key}": sentence for key, sentence in sentences(value).items()}
        elif isinstance(value, tuple):
            found |= {f"{field.name}[{i}]": sentence for i, sentence in enumerate(value)}
        else:
            found |= {f"{field.name}[{key}]": sentence for key, sentence in value.items()}
    return found


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_gaps() -> None:
    chinese, english = sentences(ZH_CN), sentences(EN)
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert gaps(chinese[key]) == gaps(english[key]), key


@pytest.mark.parametrize("code", CATALOGUES)
def test_no_sentence_says_what_may_not_be_said(code: str) -> None:
    said = {key: text for key, text in sentences(CATALOGUES[code]).items() if FORBIDDEN.search(text)}
    assert not said


@pytest.mark.parametrize("code", CATALOGUES)
def test_every_word_of_the_rules_has_a_sentence(code: str) -> None:
    for name, words in COMPLETE.items():
        assert set(getattr(CATALOGUES[code], name)) == set(words), name
    for name, words in COMPLETE_ROSTER.items():
        assert set(getattr(CATALOGUES[code].roster, name)) == set(words), name
    for name, words in COMPLETE_CARE.items():
        assert set(getattr(CATALOGUES[code].care, name)) == set(words), name


def test_a_choice_goes_before_what_the_browser_asks_for_and_chinese_is_the_default() -> None:
    assert catalogue({}, "") is ZH_CN
    assert catalogue({}, "en-GB,en;q=0.9") is EN
    assert catalogue({"shouwang_language": "zh-CN"}, "en") is ZH_CN
    assert catalogue({"shouwang_language": "xx"}, "de") is ZH_CN


def test_errors_are_told_in_the_readers_language() -> None:
    assert say(ZH_CN, errors.Conflict(what="alert", state="resolved")) == ZH_CN.error_conflict
    assert say(EN, errors.InvalidInput(field="name", reason="")) == EN.error_field["name"]
    assert say(EN, errors.PhotoRefused(reason="", key="no_face")) == EN.photo_reason["no_face"]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [DAY, NIGHT])
def test_text_stands_out_at_seven_to_one(palette: Palette) -> None:
    pairs = [
        (getattr(palette, text), getattr(palette, ground))
        for text in ("ink", "soft")
        for ground in ("ground", "surface", "raised")
    ]
    pairs += [
        (getattr(palette, name), getattr(palette, f"{name}_ground"))
        for name in ("critical", "warning", "info", "good")
    ]
    pairs += [(getattr(palette, name), palette.ground) for name in ("critical", "warning", "info")]
    pairs += [(palette.accent, palette.surface), (palette.on_accent, palette.accent)]
    assert all(contrast(text, ground) >= 7 for text, ground in pairs), pairs


def test_the_look_needs_nothing_from_outside() -> None:
    assert not re.search(r"https?://|@import|url\(", theme.head(ZH_CN, utc_now()))
