"""The smallest pieces: text, time, chip, button, field. Plain HTML tags under our own rules."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from api.desk.components.icons import icon
from api.desk.times import Times


def tag(name: str, classes: str = "") -> Element:
    """An empty element; use it with `with`."""
    return ui.element(name).classes(classes)


def text(content: str, classes: str = "", name: str = "span") -> TextElement:
    return TextElement(tag=name, text=content).classes(classes)


def link(content: str, address: str, classes: str = "") -> TextElement:
    """`address` is always one of our own pages."""
    element = text(content, classes, "a")
    element.props["href"] = address
    return element


def linked(address: str, classes: str = "") -> Element:
    element = tag("a", classes)
    element.props["href"] = address
    return element


def image(address: str, description: str, classes: str = "") -> Element:
    element = tag("img", classes)
    element.props.update(src=address, alt=description, loading="lazy")
    return element


def ago(times: Times, moment: datetime) -> TextElement:
    """An age that keeps ticking in the browser."""
    element = text(times.ago(moment), "nowrap", "time")
    element.props.update({"data-ago": moment.timestamp(), "datetime": moment.isoformat()})
    return element


def moment(times: Times, at: datetime) -> None:
    """A time as both: 14:02 · 3 h ago."""
    with tag("span", "nowrap"):
        text(times.clock(at))
        text(" · ", "soft")
        ago(times, at)


def chip(drawing: str, words: str, look: str = "") -> None:
    with tag("span", f"chip {look}"):
        icon(drawing)
        text(words)


def fact(drawing: str, words: str, classes: str = "") -> None:
    with tag("div", f"fact {classes}"):
        icon(drawing)
        text(words)


def button(
    words: str, on_click: Callable[..., Any] | None, drawing: str | None = None, look: str = ""
) -> Element:
    with tag("button", f"button {look}") as element:
        element.props["type"] = "button"
        if drawing:
            icon(drawing)
        text(words)
    if on_click is not None:
        element.on("click", on_click)
    return element


def typing(on_change: Callable[[str], Any], name: str = "input") -> Element:
    """An input; what is typed arrives in `on_change`."""
    box = tag(name)
    box.on(
        "input",
        lambda event: on_change(str(event.args)),
        js_handler="(event) => emit(event.target.value)",
        throttle=0.1,
    )
    return box


def field(label: str, on_change: Callable[[str], Any], hint: str = "", name: str = "input") -> Element:
    """An input with its label above."""
    with tag("label", "field"):
        text(label)
        box = typing(on_change, name)
        box.props["placeholder"] = hint
    return box


def select(
    label: str, options: Mapping[Any, str], on_change: Callable[[str], Any], value: object = None
) -> Element:
    """One of several, with the label above."""
    with tag("label", "field"):
        text(label)
        with tag("select") as box:
            for key, words in options.items():
                option = text(words, name="option")
                option.props["value"] = str(key)
                option.props.set_bool("selected", key == value)
    box.on(
        "change",
        lambda event: on_change(str(event.args)),
        js_handler="(event) => emit(event.target.value)",
    )
    return box


def day_field(
    label: str,
    on_change: Callable[[date | None], Any],
    value: date | None = None,
    earliest: date | None = None,
    latest: date | None = None,
) -> Element:
    """A day; None while it is not complete."""
    box = field(label, lambda typed: on_change(_day(typed)))
    box.props["type"] = "date"
    for name, day in (("value", value), ("min", earliest), ("max", latest)):
        if day is not None:
            box.props[name] = day.isoformat()
    return box


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def tick(words: str, on_change: Callable[[bool], Any], hint: str = "") -> Element:
    with tag("label", "tick"):
        box = tag("input")
        box.props["type"] = "checkbox"
        with tag("span"):
            text(words, "strong")
            if hint:
                text(hint, "soft small", "div")
    box.on(
        "change",
        lambda event: on_change(event.args is True),
        js_handler="(event) => emit(event.target.checked)",
    )
    return box
