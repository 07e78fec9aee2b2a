"""Cameras, residents, enrolment."""

import re
from urllib.parse import quote

import httpx
import people
import pytest
from desk.conftest import Open
from desk.site import DARK, NAMES, Site, plain, portrait
from playwright.sync_api import expect

from monitor.clock import utc_now
from monitor.core.access import Role
from monitor.services import residents

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/alerts/1",
        "/cameras",
        "/residents",
        "/residents/1",
        "/residents/new",
        "/unclear",
        "/visitors",
        "/visitors/new",
    ],
)
def test_no_page_is_shown_to_who_is_not_signed_in(site: Site, path: str) -> None:
    answer = httpx.get(site.address + path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={quote(path, safe='')}")


def test_dark_cameras_come_first_and_say_since_when(open_page: Open) -> None:
    page = open_page("/cameras", people.OLGA)
    first = page.locator(".tile").first
    expect(first).to_have_attribute("data-camera", DARK)
    expect(first).to_have_class(re.compile("dark"))
    for words in ("连接不上", "摄像机没有应答", "3 小时前", "的画面"):
        expect(first).to_contain_text(words)


def test_live_cameras_show_a_fresh_picture_and_the_filter_leaves_only_the_dark(open_page: Open) -> None:
    page = open_page("/cameras", people.OLGA)
    live = page.locator("[data-camera=gate-1]")
    expect(live).to_contain_text("在线")
    expect(live.locator("img")).to_have_js_property("naturalWidth", 640)
    before = live.locator("img").get_attribute("src")
    expect(live.locator("img")).not_to_have_attribute("src", before or "")
    page.get_by_role("button", name="未在线 1").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.get_by_role("button", name=f"全部 {len(NAMES)}").click()
    expect(page.locator(".tile")).to_have_count(len(NAMES))


def test_residents_are_found_by_name_and_their_history_is_for_care_staff(site: Site, open_page: Open) -> None:
    resident_id = site.enrol("陈玉梅", "2-801")
    site.seen(resident_id, 0.2, "lift-2", face="040f.jpg")
    page = open_page("/residents", people.SAM)
    page.locator("input[type=search]").fill("玉梅")
    expect(page.locator(".person")).to_have_count(1)
    expect(page.locator(".person")).to_contain_text("2号楼电梯厅")
    page.locator(".person").click()
    expect(page.locator(".timeline")).to_contain_text("在2号楼电梯厅见到")
    expect(page.locator(".timeline img")).to_have_js_property("complete", True)

    duty = open_page(f"/residents/{resident_id}", people.OLGA)
    expect(duty.locator("h1")).to_have_text("陈玉梅")
    expect(duty.get_by_text("值班员接下此居民的告警后才能查看记录")).to_be_visible()
    expect(duty.get_by_text("2号楼电梯厅")).to_have_count(0)


def test_duty_may_not_enrol(open_page: Open) -> None:
    page = open_page("/residents", people.OLGA)
    expect(page.get_by_text("录入居民")).to_have_count(0)
    page.goto("/residents/new")
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")
    expect(page.locator("input[type=file]")).to_have_count(0)


def test_a_resident_that_does_not_exist_is_told_and_not_broken(open_page: Open) -> None:
    page = open_page("/residents/99999", people.SAM)
    expect(page.locator("h1")).to_have_text("没有这个页面")


def test_enrolling_judges_every_photo_at_once_and_asks_for_consent_first(site: Site, open_page: Open) -> None:
    page = open_page("/residents/new", people.ANNA)
    save = page.get_by_role("button", name="保存录入")
    expect(save).to_be_disabled()
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "good.jpg", "mimeType": "image/jpeg", "buffer": portrait("004m.jpg")},
            {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": plain((90, 120, 90))},
        ]
    )
    verdicts = page.locator(".verdict")
    expect(verdicts.filter(has_text="good.jpg")).to_contain_text("可用", timeout=20_000)
    expect(verdicts.filter(has_text="wall.jpg")).to_contain_text("没有找到人脸", timeout=20_000)
    page.get_by_label("姓名").fill("周敏")
    expect(save).to_be_disabled()
    page.get_by_label("本人已阅读").check()
    save.click()
    expect(page.get_by_text("已录入 周敏，1 张照片可用")).to_be_visible()
    found = site.read(
        lambda session: residents.listing(session, site.estate_id, Role.ADMIN, people.ANNA, utc_now())
    )
    zhou = next(resident for resident in found if resident.name == "周敏")
    assert (zhou.watched, zhou.templates) == (True, 1)
    page.goto("/residents")
    expect(page.get_by_text("周敏")).to_be_visible()
