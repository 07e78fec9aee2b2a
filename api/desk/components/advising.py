"""What other hours would have meant for a resident, each with the button that agrees on it."""

from collections.abc import Awaitable, Callable

from api.desk.access import Viewer
from api.desk.components.basics import button, chip, fact, tag, text
from monitor.core.advice import Advice, Choice, Flag
from monitor.core.agreement import Agreement, Step, hours
from monitor.errors import InvalidInput
from monitor.services.advice import AdviceView

Adopt = Callable[[Agreement, str], Awaitable[None]]


def not_yet(viewer: Viewer, view: AdviceView) -> str:
    care = viewer.words.care
    return care.advice_from.format(day=viewer.times.day(view.ready_at)) if view.ready_at else care.advice_none


def flags(viewer: Viewer, found: tuple[Flag, ...]) -> None:
    for flag in found:
        chip("warning", viewer.words.care.flag[flag], "warning")


def advising(viewer: Viewer, view: AdviceView, found: Advice, adopt: Adopt) -> None:
    care = viewer.words.care
    since = viewer.times.day(found.since)
    text(care.advice_ground.format(n=found.passes, day=since, gap=f"{found.gap_q99_h:.0f}"), "soft", "p")
    with tag("div", "list"):
        for choice in found.choices:
            _choice(viewer, view.agreed, choice, _reason(viewer, found, choice), adopt)
    with tag("div", "row"):
        out, often = f"{hours(view.agreed.not_back):g}", f"{found.not_back_a_month:.1f}"
        fact("out", care.advice_not_back.format(hours=out, n=often))
        flags(viewer, found.not_back_flags)
    for each in view.usual_hours:
        told = care.advice_usual.format(
            step=care.step_name[each.step], around=f"{hours(each.around):g}", sooner=f"{each.sooner_h:.1f}"
        )
        fact("info", told, "soft")


def _choice(viewer: Viewer, agreed: Agreement, choice: Choice, reason: str, adopt: Adopt) -> None:
    care = viewer.words.care
    after = f"{hours(choice.after):g}"
    with tag("div", "option now" if choice.step else "option") as row:
        row.props["data-hours"] = after
        with tag("div", "row"):
            text(care.advice_hours.format(hours=after), "strong")
            if choice.step:
                chip("good", care.step_name[choice.step], "info")
        with tag("div", "row"):
            text(care.advice_alerts.format(n=f"{choice.alerts_a_month:.1f}"))
            flags(viewer, choice.flags)
        text(_noticed(viewer, choice), "soft")
        with tag("div", "row"):
            for step, changed in _possible(agreed, choice):

                async def use(changed: Agreement = changed) -> None:
                    await adopt(changed, reason)

                button(care.advice_use[step], use, look="slim")


def _noticed(viewer: Viewer, choice: Choice) -> str:
    if choice.delay_mean_h is None or choice.delay_p95_h is None:
        return viewer.words.care.advice_delay_unknown
    return viewer.words.care.advice_delay.format(
        mean=f"{choice.delay_mean_h:.0f}", most=f"{choice.delay_p95_h:.0f}"
    )


def _possible(agreed: Agreement, choice: Choice) -> list[tuple[Step, Agreement]]:
    """The steps that may have these hours: phone, visit and urgent still rise."""
    found = []
    for step in Step:
        try:
            changed = agreed.changed(step, choice.after)
        except InvalidInput:
            continue
        if changed != agreed:
            found.append((step, changed))
    return found


def _reason(viewer: Viewer, found: Advice, choice: Choice) -> str:
    """What stands beside the new version of the agreement."""
    return viewer.words.care.advice_reason.format(
        hours=f"{hours(choice.after):g}",
        alerts=f"{choice.alerts_a_month:.1f}",
        n=found.passes,
        day=viewer.times.day(found.since),
    )
