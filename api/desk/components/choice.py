"""One of a few, chosen with a tap."""

from collections.abc import Awaitable, Callable

from nicegui.elements.mixins.text_element import TextElement

from api.desk.components.basics import tag, text


class Choice:
    """Buttons of which exactly one is pressed."""

    def __init__(self, keys: tuple[str, ...], on_change: Callable[[], Awaitable[None]]) -> None:
        self.chosen, self._on_change = keys[0], on_change
        with tag("div", "filters"):
            self._buttons = {key: self._button(key) for key in keys}
        self._press()

    def label(self, key: str, words: str) -> None:
        self._buttons[key].set_text(words)

    def _button(self, key: str) -> TextElement:
        button = text("", "button choice", "button")
        button.props["type"] = "button"

        async def choose() -> None:
            self.chosen = key
            self._press()
            await self._on_change()

        button.on("click", choose)
        return button

    def _press(self) -> None:
        for key, button in self._buttons.items():
            pressed = key == self.chosen
            button.classes(add="chosen" if pressed else "", remove="" if pressed else "chosen")
            button.props["aria-pressed"] = str(pressed).lower()
