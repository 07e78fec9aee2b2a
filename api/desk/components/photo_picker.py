"""The photos of one person: files or a walk past a camera, each with what was found in it, and what the set lacks."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from nicegui import events, ui

from api.desk.access import Viewer
from api.desk.components.basics import button, chip, fact, image, tag, text
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.redrawn import Redrawn
from api.desk.components.walk_taker import WalkTaker
from api.desk.text import say
from monitor.core.embedding import Embedding
from monitor.core.enrolment import SetFlaw
from monitor.services import enrolment
from monitor.services.enrolment import PHOTO_LIMIT, Photo, PhotoSet

LARGEST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Shown:
    """One photo and its verdict; None while it is being read."""

    number: int
    name: str
    photo: Photo | None


class PhotoPicker:
    """Photos are judged in memory as they come; nothing is kept before somebody saves.

    `own` are the templates of the resident who gets the photos; empty for somebody new.
    """

    def __init__(self, viewer: Viewer, on_change: Callable[[], None], own: list[Embedding]) -> None:
        self._viewer, self._on_change, self._own = viewer, on_change, own
        self._numbers = count()
        self._photos: dict[int, tuple[str, Photo | None]] = {}
        self.engine = ""
        words = viewer.words
        text(words.photos_hint, "soft", "p")
        with tag("div", "row"):
            upload = ui.upload(
                multiple=True,
                auto_upload=True,
                max_file_size=LARGEST_BYTES,
                on_upload=self._take,
                on_rejected=lambda: ui.notify(words.photo_limit, position="top"),
            ).props('accept="image/jpeg,image/png,image/webp"')
            choose = button(words.add_photos, None, "photo")
            choose.on("click", js_handler=f"() => getElement({upload.id}).pickFiles()")
        WalkTaker(viewer, self._take_walk)
        self._advice = Redrawn[tuple[SetFlaw, ...]](viewer, self._draw_advice, "stack")
        self._verdicts = KeyedList[Shown](
            tag("div", "verdicts"),
            lambda shown: shown.number,
            lambda: Redrawn[Shown](viewer, self._draw),
        )

    @property
    def judged(self) -> list[Photo]:
        """As each was judged by itself; the services compare them again."""
        return [photo for _, photo in self._photos.values() if photo is not None]

    @property
    def usable(self) -> bool:
        """Whether there is a good one, and none is still being read."""
        return len(self.judged) == len(self._photos) and bool(self._compared().faces)

    def _compared(self) -> PhotoSet:
        return enrolment.compare(self.judged, self._own)

    async def _take(self, event: events.UploadEventArguments) -> None:
        """Judge one photo as soon as it is there."""
        if not await self._viewer.still_here():
            return
        number = self._expect(event.file.name)
        if number is None:
            return
        content = await event.file.read()
        judge = self._viewer.desk.photos.judge
        (verdict,), self.engine = await asyncio.to_thread(judge, [(event.file.name, content)])
        if number in self._photos:
            self._photos[number] = (event.file.name, verdict)
        self._show()

    def _take_walk(self, photos: list[Photo], engine: str) -> None:
        self.engine = engine
        for photo in photos:
            number = self._expect(photo.name)
            if number is not None:
                self._photos[number] = (photo.name, photo)
        self._show()

    def _expect(self, name: str) -> int | None:
        """A place for one more photo; None, and told, when there are enough."""
        if len(self._photos) >= PHOTO_LIMIT:
            ui.notify(self._viewer.words.photo_limit, position="top")
            return None
        number = next(self._numbers)
        self._photos[number] = (name, None)
        self._show()
        return number

    def _drop(self, number: int) -> None:
        self._photos.pop(number, None)
        self._show()

    def _show(self) -> None:
        compared = self._compared()
        verdicts = iter(compared.photos)
        self._verdicts.show(
            [
                Shown(number, name, None if photo is None else next(verdicts))
                for number, (name, photo) in self._photos.items()
            ]
        )
        self._advice.show(compared.flaws)
        self._on_change()

    def _draw_advice(self, flaws: tuple[SetFlaw, ...]) -> None:
        for flaw in flaws:
            fact("warning", self._viewer.words.set_flaw[flaw], "advice")

    def _draw(self, shown: Shown) -> None:
        words, photo = self._viewer.words, shown.photo
        with tag("div", "verdict"):
            picture = photo.picture_jpeg if photo is not None else None
            if picture:
                image(f"data:image/jpeg;base64,{b64encode(picture).decode()}", shown.name)
            else:
                with tag("div", "mark"):
                    icon("photo")
            text(shown.name, "name soft small")
            if photo is None:
                text(words.photo_reading.format(name=shown.name))
                return
            if photo.refused is not None:
                chip("critical", words.photo_refused, "critical")
                text(say(words, photo.refused), name="p")
            elif photo.face is not None and photo.face.advice:
                chip("warning", words.photo_usable, "warning")
                text(
                    words.comma.join(words.photo_advice.get(key, key) for key in photo.face.advice), name="p"
                )
            else:
                chip("good", words.photo_good, "good")
            button(words.photo_remove, lambda: self._drop(shown.number))
