"""A list on the page whose parts stay where they are while their contents change: no flicker, no lost focus."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from nicegui import ui
from nicegui.element import Element

T = TypeVar("T")
Shown = TypeVar("Shown", contravariant=True)


class Part(Protocol[Shown]):
    """One entry of the list. It is told what to show each time and sends only what changed."""

    def show(self, item: Shown) -> None: ...


class KeyedList(Generic[T]):
    """Keeps one part for every key, in the order of the items."""

    def __init__(self, box: Element, key: Callable[[T], Hashable], make: Callable[[], Part[T]]) -> None:
        self._box, self._key, self._make = box, key, make
        self._parts: dict[Hashable, tuple[Element, Part[T]]] = {}

    def show(self, items: Sequence[T]) -> None:
        wanted = {self._key(item): item for item in items}
        for gone in self._parts.keys() - wanted.keys():
            self._parts.pop(gone)[0].delete()
        for key, item in wanted.items():
            if key not in self._parts:
                with self._box, ui.element("div") as element:
                    self._parts[key] = (element, self._make())
            self._parts[key][1].show(item)
        self._order([self._parts[key][0] for key in wanted])

    def _order(self, elements: list[Element]) -> None:
        for index, element in enumerate(elements):
            if self._box.default_slot.children[index] is not element:
                element.move(self._box, index)
