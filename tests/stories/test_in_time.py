"""A stranger at the gate at night is on the desk within two seconds of the first clear frame."""

import math
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from desk.conftest import ARGUMENTS, CHROMIUM, sign_in
from playwright.sync_api import Page, sync_playwright
from service import Service
from stories.sample import DUTY, LOOP_S, NIGHT_GATE, PASSWORD, TOLD, Sample

from monitor.clock import monotonic_s, utc_now
from monitor.simulate.render import FPS
from monitor.simulate.scene import scene
from monitor.simulate.script import walkers
from monitor.simulate.site import SPOTS

pytestmark = pytest.mark.browser
CLEAR_PX = 64.0
ON_THE_DESK_WITHIN_S, SHOWN_WITHIN_S = 2.0, 1.0
OVERLOADED_S = 1.0  # a machine whose frames are older than this cannot be measured
PASSES = 2
# A visit ends while the stranger is away, so that every loop of the story is a new visit with a new alert.
VISIT_GAP_MINUTES = 0.1
NEW_CARD = """known => [...document.querySelectorAll('[data-alert]')]
    .map(card => Number(card.dataset.alert)).find(id => !known.includes(id))"""


@dataclass(frozen=True)
class Shown:
    """One alert on its way to the desk."""

    opened_s: float  # after the first clear frame
    shown_s: float  # after the alert was opened
    frame_age_s: float  # of the camera

    @property
    def total_s(self) -> float:
        return self.opened_s + self.shown_s


@pytest.fixture(scope="module")
def service(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    if CHROMIUM is None:
        if os.environ.get("SHOUWANG_REQUIRE_BROWSER") == "1":
            pytest.fail("SHOUWANG_REQUIRE_BROWSER=1, but there is no chromium on the path")
        pytest.skip("there is no chromium on the path")
    folder = tmp_path_factory.mktemp("in-time")
    with sample.running(folder, visit_gap_minutes=VISIT_GAP_MINUTES) as running:
        yield running


def first_clear_s() -> float:
    """When the stranger's face is large enough for the first time, in seconds of the loop; from the story itself."""
    spot = next(spot for spot in SPOTS if spot.camera_id == NIGHT_GATE)
    (walker,) = walkers(spot, TOLD.on(NIGHT_GATE))
    view = scene(spot)
    frames = (number / FPS for number in range(round(LOOP_S * FPS)))
    return next(at_s for at_s in frames if walker.face_px(view, at_s) >= CLEAR_PX)


def watch_the_desk(service: Service) -> list[Shown]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(base_url=str(service.client.base_url), locale="zh-CN")
        page.goto("/")
        sign_in(page, DUTY, PASSWORD)
        page.wait_for_selector("h1")
        clear_s = first_clear_s()
        # What is there already was not waited for, and the first pass may have begun before the cameras were live.
        found = [next_alert(page, service, clear_s) for _ in range(PASSES + 1)]
        browser.close()
    return found[1:]


def next_alert(page: Page, service: Service, clear_s: float) -> Shown:
    known = [alert["id"] for alert in service.get("alerts")]
    card = page.wait_for_function(NEW_CARD, arg=known, timeout=3 * LOOP_S * 1000)
    shown_at, shown_s = utc_now(), monotonic_s()
    alert = service.get(f"alerts/{card.json_value()}")
    assert (alert["kind"], alert["camera"]) == ("visitor", NIGHT_GATE)
    waited_s = (shown_at - datetime.fromisoformat(alert["opened_at"])) / timedelta(seconds=1)
    # The loop stands where the monotonic clock says (monitor/simulate/server.py).
    clear_at_s = math.floor((shown_s - clear_s) / LOOP_S) * LOOP_S + clear_s
    age_s = service.get(f"cameras/{NIGHT_GATE}")["frame_age_s"]
    return Shown(shown_s - waited_s - clear_at_s, waited_s, age_s)


def test_a_stranger_at_the_gate_is_on_the_desk_within_2_s_of_the_first_clear_frame(service: Service) -> None:
    with ThreadPoolExecutor(
        1
    ) as thread:  # the tests of the desk may keep a Playwright of their own in this one
        measured = thread.submit(watch_the_desk, service).result()
    for shown in measured:
        sys.stdout.write(
            f"first clear frame -> alert {shown.opened_s:.2f} s -> on the desk {shown.shown_s:.2f} s;"
            f" together {shown.total_s:.2f} s, frames {shown.frame_age_s:.2f} s old\n"
        )
    assert max(shown.shown_s for shown in measured) <= SHOWN_WITHIN_S
    calm = [shown.total_s for shown in measured if shown.frame_age_s <= OVERLOADED_S]
    assert max(calm, default=0.0) <= ON_THE_DESK_WITHIN_S
