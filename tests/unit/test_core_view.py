"""A camera that shows nothing useful is noticed after a minute; weather, light and people are not taken for it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.core.scenery import MOST_REFERENCES
from monitor.core.view import BAD_AFTER_S, View, ViewState, ViewWatch

Picture = NDArray[np.uint8]
RANDOM = np.random.default_rng(4)


def place(seed: int) -> NDArray[np.float32]:
    """Walls, doors and windows: boxes of grey."""
    random = np.random.default_rng(seed)
    picture = np.full((90, 160), 120, np.float32)
    for _ in range(60):
        left, top = random.integers(-10, 150), random.integers(-10, 85)
        width, height = random.integers(6, 45), random.integers(6, 45)
        picture[max(0, top) : top + height, max(0, left) : left + width] = random.integers(40, 210)
    return picture


YARD, STREET = place(1), place(2)


def seen(picture: NDArray[np.float32] | float, noise: float = 1.5) -> Picture:
    return np.clip(picture + RANDOM.normal(0, noise, (90, 160)), 0, 255).astype(np.uint8)


class Camera:
    """A watch and its time."""

    def __init__(self, watch: ViewWatch | None = None) -> None:
        self.watch, self.now_s = watch or ViewWatch(), 1000.0
        self.state = ViewState(View.FINE)

    def show(self, picture: Callable[[], Picture], seconds: int, every_s: float = 1.0) -> list[ViewState]:
        states = []
        for _ in range(int(seconds / every_s)):
            self.now_s += every_s
            self.state = self.watch.update(picture(), self.now_s)
            states.append(self.state)
        return states


def at_home(picture: NDArray[np.float32] = YARD) -> Camera:
    """A camera that has learned what it looks at."""
    camera = Camera()
    assert {s.view for s in camera.show(lambda: seen(picture), 90)} == {View.FINE}
    return camera


def blurred(picture: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    for axis in (0, 1):
        for _ in range(3):
            picture = sum(np.roll(picture, step, axis) for step in range(-cells, cells + 1)) / (2 * cells + 1)
    return picture


FROZEN = seen(YARD)
USELESS: dict[View, Callable[[], Picture]] = {
    View.BLACK: lambda: seen(6.0, 3.0),
    View.OVER_EXPOSED: lambda: seen(YARD * 4 + 100),
    View.COVERED: lambda: seen(blurred(YARD, 14)),
    View.FROZEN: lambda: FROZEN,
    View.TURNED: lambda: seen(STREET),
}


@pytest.mark.parametrize("view", USELESS)
def test_a_useless_view_is_told_after_a_minute_with_when_it_began(view: View) -> None:
    camera = at_home()
    began_s = camera.now_s + 1
    states = camera.show(USELESS[view], 75)
    assert all(state == ViewState(View.FINE) for state in states[: int(BAD_AFTER_S)])
    assert all(state == ViewState(view, began_s) for state in states[int(BAD_AFTER_S) :])


@pytest.mark.parametrize("view", USELESS)
def test_it_is_fine_again_within_seconds(view: View) -> None:
    camera = at_home()
    camera.show(USELESS[view], 75)
    after = [state.view for state in camera.show(lambda: seen(YARD), 6)]
    assert after[0] is view and after[-1] is View.FINE


def test_a_single_good_picture_within_the_minute_starts_it_anew() -> None:
    camera = at_home()
    camera.show(USELESS[View.BLACK], 50)
    camera.show(lambda: seen(YARD), 1)
    assert camera.show(USELESS[View.BLACK], 50)[-1].view is View.FINE


def test_two_good_pictures_within_bad_ones_end_nothing() -> None:
    camera = at_home()
    began = camera.show(USELESS[View.BLACK], 70)[-1]
    for _ in range(4):
        camera.show(lambda: seen(YARD), 2)
        assert camera.show(USELESS[View.BLACK], 2)[-1] == began


def test_what_becomes_useless_in_another_way_stays_useless_since_the_first() -> None:
    camera = at_home()
    began = camera.show(USELESS[View.COVERED], 70)[-1]
    assert camera.show(USELESS[View.BLACK], 5)[-1] == ViewState(View.BLACK, began.since_s)


CHANGES: dict[str, Callable[[], Picture]] = {
    "half the light": lambda: seen(YARD * 0.4 + 5),
    "light from one side": lambda: seen(YARD * np.linspace(0.4, 1.2, 160)),
    "thin fog": lambda: seen(YARD * 0.35 + 120),
    "people": lambda: standing_at(int(RANDOM.integers(0, 100)), 50),
    "somebody near": lambda: standing_at(40, 60),
    "rain": lambda: seen(YARD + 60 * (RANDOM.random((90, 160)) < 0.04)),
    "night with a lamp": lambda: seen(YARD * 0.6 * np.exp(-(((np.arange(160) - 60) / 50) ** 2)), 4.0),
    "dark": lambda: seen(YARD * 0.12, 3.0),
}


def standing_at(column: int, width: int) -> Picture:
    picture = YARD.copy()
    picture[20:, column : column + width] = 60
    picture[5:35, column + width // 4 : column + width * 3 // 4] = 150
    return seen(picture)


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_camera_must_bear_is_not_taken_for_a_useless_view(change: str) -> None:
    assert {state.view for state in at_home().show(CHANGES[change], 200)} == {View.FINE}


def test_a_clock_in_the_corner_does_not_hide_a_frozen_picture() -> None:
    def with_clock() -> Picture:
        picture = FROZEN.copy()
        picture[2:10, 4:40] = RANDOM.integers(0, 255, (8, 36))
        return picture

    assert at_home().show(with_clock, 75)[-1].view is View.FROZEN


def test_a_picture_that_changes_at_its_key_frames_only_is_not_frozen() -> None:
    def key_frames() -> Iterator[Picture]:
        while True:
            yield from [seen(YARD)] * 10

    pictures = key_frames()
    assert {s.view for s in at_home().show(lambda: next(pictures), 200)} == {View.FINE}


def test_another_frozen_picture_is_the_same_incident() -> None:
    camera = at_home()
    first = camera.show(USELESS[View.FROZEN], 75)[-1]
    other = seen(YARD)
    assert set(camera.show(lambda: other, 100)) == {first}


def test_key_frames_ten_seconds_apart_are_enough() -> None:
    camera = Camera()
    camera.show(lambda: seen(YARD), 90, every_s=10.0)
    began_s = camera.now_s + 10
    assert camera.show(USELESS[View.TURNED], 80, every_s=10.0)[-1] == ViewState(View.TURNED, began_s)


def test_pictures_that_come_faster_change_nothing() -> None:
    camera = at_home()
    began_s = camera.now_s + 1
    camera.show(USELESS[View.BLACK], 1)
    states = camera.show(USELESS[View.BLACK], 75, every_s=0.25)
    assert states[-1] == ViewState(View.BLACK, began_s)


def test_a_gap_without_pictures_does_not_count_towards_the_minute() -> None:
    camera = at_home()
    camera.show(USELESS[View.BLACK], 40)
    camera.now_s += 300
    began_s = camera.now_s + 1
    assert camera.show(USELESS[View.BLACK], 40)[-1].view is View.FINE
    assert camera.show(USELESS[View.BLACK], 30)[-1] == ViewState(View.BLACK, began_s)


@pytest.mark.parametrize("view", [View.BLACK, View.FROZEN])
def test_a_gap_does_not_end_what_was_told(view: View) -> None:
    camera = at_home()
    told = camera.show(USELESS[view], 70)[-1]
    camera.now_s += 300
    assert set(camera.show(USELESS[view], 70)) == {told}


def test_a_new_camera_is_noticed_when_it_is_covered_from_the_start() -> None:
    assert Camera().show(lambda: seen(blurred(YARD, 20)), 75)[-1].view is View.COVERED


def test_what_staff_accept_is_the_right_view_from_then_on() -> None:
    camera = at_home()
    camera.show(USELESS[View.TURNED], 75)
    camera.watch.accept()
    assert camera.show(lambda: seen(STREET), 90)[5].view is View.FINE
    assert camera.show(lambda: seen(YARD), 75)[-1].view is View.TURNED


def test_a_view_may_change_slowly() -> None:
    camera, part = at_home(), 0.0

    def changing() -> Picture:
        return seen(YARD * (1 - part) + STREET * part)

    views = set()
    for step in range(120):
        part = step / 120
        views |= {state.view for state in camera.show(changing, 60)}
    assert views == {View.FINE}


def test_a_lorry_that_is_parked_for_good_becomes_part_of_the_view() -> None:
    camera, picture = at_home(), YARD.copy()
    picture[:, :64] = place(7)[:, :64]
    assert {s.view for s in camera.show(lambda: seen(picture), 3600)} == {View.FINE}
    # Were it not, nothing would be left that is known.
    picture[:, 64:] = STREET[:, 64:]
    assert {s.view for s in camera.show(lambda: seen(picture), 100)} == {View.FINE}


def dusk(seed: int = 7) -> NDArray[np.float32]:
    """The yard in a light that shows half of its edges otherwise."""
    other, mask = place(seed), np.zeros((90, 160), bool)
    mask[:, :96] = True
    return np.where(mask, other, YARD)


def test_the_same_view_in_another_light_is_learned() -> None:
    camera = at_home()
    night = dusk()
    assert {s.view for s in camera.show(lambda: seen(night), 700)} == {View.FINE}
    # What is left of the day's edges would not be enough now.
    night[:, 96:] = STREET[:, 96:]
    assert {s.view for s in camera.show(lambda: seen(night), 100)} == {View.FINE}
    assert {s.view for s in camera.show(lambda: seen(YARD), 100)} == {View.FINE}


def test_few_lights_are_kept() -> None:
    camera = at_home()
    for seed in range(10, 10 + MOST_REFERENCES + 1):
        light = dusk(seed)
        camera.show(lambda light=light: seen(light), 700)
        camera.show(lambda: seen(YARD), 20)
    assert len(camera.watch.export()) < 4096


def test_what_was_learned_is_kept_over_a_restart() -> None:
    again = Camera(ViewWatch.restore(at_home().watch.export()))
    assert again.show(USELESS[View.TURNED], 75)[-1].view is View.TURNED
    assert again.show(lambda: seen(YARD), 6)[-1].view is View.FINE


@pytest.mark.parametrize("view", USELESS)
def test_a_useless_view_is_useless_still_after_a_restart(view: View) -> None:
    camera = at_home()
    camera.show(USELESS[view], 75)
    again = Camera(ViewWatch.restore(camera.watch.export()))
    assert set(again.show(USELESS[view], 70)) == {ViewState(view, 1001.0)}
    assert again.show(lambda: seen(YARD), 6)[-1].view is View.FINE


@pytest.mark.parametrize("kept", [b"", b"view1", b"another kind of file", ViewWatch().export() + b"12345"])
def test_what_cannot_be_read_is_learned_anew(kept: bytes) -> None:
    camera = Camera(ViewWatch.restore(kept))
    assert {s.view for s in camera.show(lambda: seen(STREET), 90)} == {View.FINE}
    assert camera.watch.export() != ViewWatch().export()


def test_a_watch_that_has_learned_nothing_can_be_kept() -> None:
    assert ViewWatch.restore(ViewWatch().export()).export() == ViewWatch().export()
