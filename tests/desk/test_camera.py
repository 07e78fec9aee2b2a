"""One camera: its picture, whether it can identify, and what would help."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
import people
import pytest
from desk.conftest import PHONE, Open
from desk.site import DARK, Site
from playwright.sync_api import expect

from monitor.clock import utc_now
from monitor.core.camera import CameraState
from monitor.core.identifiability import PassLook
from monitor.core.quality import Flaw
from monitor.services import cameras, identifiability
from monitor.services.cameras import Report

pytestmark = pytest.mark.browser
SMALL, NIGHT_BLIND = "park-1", "lift-3"


def yesterday_at(hour: int) -> datetime:
    zone = ZoneInfo("Asia/Shanghai")
    return datetime.combine(utc_now().astimezone(zone).date() - timedelta(days=1), time(hour), zone)


def passes(
    camera: str, hour: int, width_px: float, quality: float, *flaws: Flaw, times: int
) -> list[PassLook]:
    return [PassLook(camera, yesterday_at(hour), width_px + n % 9, quality, flaws) for n in range(times)]


@pytest.fixture(scope="module")
def judged(site: Site) -> Site:
    """A car park whose faces are small, and a lift hall that is dark at night."""
    looks = [
        look for hour in (8, 9, 12, 17, 18) for look in passes(SMALL, hour, 34, 0.2, Flaw.SMALL, times=9)
    ]
    looks += passes(SMALL, 12, 62, 0.6, times=4)
    for hour, times in ((7, 14), (8, 22), (12, 9), (17, 18), (18, 25)):
        looks += passes(NIGHT_BLIND, hour, 88, 0.7, times=times)
    looks += passes(NIGHT_BLIND, 21, 84, 0.1, Flaw.DARK, times=24)
    site.write(lambda session: identifiability.count(session, site.estate_id, looks))
    site.write(lambda session: identifiability.judge(session, site.estate_id, utc_now()))
    return site


def test_a_camera_with_small_faces_says_how_much_narrower_its_view_must_be(
    judged: Site, open_page: Open
) -> None:
    page = open_page("/cameras", people.OLGA)
    page.locator(f"[data-camera={SMALL}]").get_by_role("link", name="地下车库").click()
    expect(page.locator("h1")).to_have_text("地下车库")
    for words in (
        "认不出人",
        "人脸宽 38 像素",
        "需要 60 像素",
        "1.6 倍",
        "会记录，但不算作见到",
        "每米 238 像素",
    ):
        expect(page.locator("main.page")).to_contain_text(words)
    expect(page.locator(".tile img")).to_have_js_property("naturalWidth", 640)
    expect(page.get_by_label("30 至 40 像素：30 人")).to_be_visible()
    expect(page.get_by_label("12 点：13 人，其中清楚 4 人")).to_be_visible()


def test_a_camera_that_is_dark_at_night_is_told_to_get_a_lamp(judged: Site, open_page: Open) -> None:
    page = open_page(f"/cameras/{NIGHT_BLIND}", people.OLGA, language="en", viewport=PHONE, fresh=True)
    for words in ("Cannot identify at night", "add a lamp that lights faces", "0 of 24 people", "88 of 88"):
        expect(page.locator("main.page")).to_contain_text(words)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_a_camera_that_nobody_has_passed_says_so(judged: Site, open_page: Open) -> None:
    page = open_page("/cameras/yard-1", people.OLGA)
    expect(page.locator("main.page")).to_contain_text("还没有人经过")
    expect(page.locator("main.page")).to_contain_text("还不清楚")


def test_a_camera_that_does_not_exist_is_no_page(judged: Site, open_page: Open) -> None:
    expect(open_page("/cameras/gate-9", people.OLGA).locator("main.page")).to_contain_text("没有这个页面")


def test_a_camera_is_not_shown_to_who_is_not_signed_in(judged: Site) -> None:
    answer = httpx.get(f"{judged.address}/cameras/{SMALL}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=%2Fcameras%2F{SMALL}")


def dark(state: CameraState, reason: str) -> Report:
    """The camera of which no worker of the site speaks."""
    return Report(DARK, state, reason, None, None, 0.1, 5.0, None, blind_since=utc_now())


@pytest.fixture
def turned(site: Site) -> Iterator[str]:
    def say(report: Report) -> None:
        site.write(lambda session: cameras.report(session, site.estate_id, [report], utc_now()))

    say(dark(CameraState.NO_VIEW, "turned"))
    yield DARK
    say(dark(CameraState.UNREACHABLE, "no_answer"))


def test_an_admin_says_that_a_turned_camera_looks_where_it_should(
    site: Site, turned: str, open_page: Open
) -> None:
    duty, admin = (open_page(f"/cameras/{turned}", who) for who in (people.OLGA, people.ANNA))
    for page in (duty, admin):
        expect(page.locator(".tile")).to_contain_text("看不到有用画面")
        expect(page.locator(".tile")).to_contain_text("摄像机已不对着原来的方向")
    expect(duty.get_by_role("button", name="它的方向是对的")).to_have_count(0)
    admin.get_by_role("button", name="它的方向是对的").click()
    expect(admin.get_by_text("已记住")).to_be_visible()
    assert turned in site.read(lambda session: cameras.views_accepted(session, site.estate_id))
