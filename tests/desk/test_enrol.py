"""Enrolling by clicking: what was found in each photo, what the set lacks, who is enrolled already, and a walk."""

import re
from pathlib import Path
from typing import Any

import cv2
import faces
import numpy as np
import people
import pytest
import rtsp
from desk.conftest import Open
from desk.site import Site, portrait
from playwright.sync_api import Locator, Page, expect

from monitor.clock import utc_now
from monitor.core.access import Role
from monitor.services import residents
from monitor.services.residents import Resident

pytestmark = pytest.mark.browser
LIN, WANG, ZHAO, LIU = "040f.jpg", "031m.jpg", "003f.jpg", "062m.jpg"


def file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def other(name: str) -> bytes:
    """Another picture of the same person: darker, mirrored, turned a little."""
    image = faces.portrait(name)[:, ::-1]
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 8, 0.8)
    turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return cv2.imencode(".jpg", (turned * 0.7).astype(np.uint8))[1].tobytes()


def couple() -> bytes:
    both = np.hstack([cv2.resize(faces.portrait(name), (400, 400)) for name in (LIN, WANG)])
    return cv2.imencode(".jpg", both)[1].tobytes()


def choose(page: Page, *photos: Any) -> Locator:
    page.locator("input[type=file]").set_input_files(list(photos))
    return page.locator(".verdict")


def fill(page: Page, name: str) -> None:
    page.get_by_label("姓名").fill(name)
    page.get_by_label("本人已阅读").check()


def resident(site: Site, name: str) -> Resident:
    found = site.read(
        lambda session: residents.listing(session, site.estate_id, Role.ADMIN, people.ANNA, utc_now())
    )
    return next(person for person in found if person.name == name)


def test_every_photo_shows_what_was_found_in_it(open_page: Open) -> None:
    page = open_page("/residents/new", people.ANNA)
    verdicts = choose(page, file("good.jpg", portrait(LIN)), file("couple.jpg", couple()))
    for name, words, width_px in (("good.jpg", "可用", 128), ("couple.jpg", "不止一个人", 320)):
        verdict = verdicts.filter(has_text=name)
        expect(verdict).to_contain_text(words, timeout=20_000)
        expect(verdict.locator("img")).to_have_js_property("naturalWidth", width_px)
    expect(page.get_by_text("只有一张照片")).to_be_visible()


def test_a_photo_of_somebody_else_is_pointed_out(open_page: Open) -> None:
    page = open_page("/residents/new", people.ANNA)
    verdicts = choose(
        page,
        file("lin-1.jpg", portrait(LIN)),
        file("lin-2.jpg", other(LIN)),
        file("wang.jpg", portrait(WANG)),
    )
    expect(verdicts.filter(has_text="wang.jpg")).to_contain_text("不是同一人", timeout=20_000)
    expect(verdicts.filter(has_text="lin-2.jpg")).to_contain_text("可用")
    expect(page.get_by_text("只有两张照片")).to_be_visible()
    verdicts.filter(has_text="lin-2.jpg").get_by_role("button", name="移除").click()
    expect(page.get_by_text("这些照片不是同一人")).to_have_count(2)


def test_somebody_enrolled_already_gets_the_photos_instead_of_a_second_entry(
    site: Site, open_page: Open
) -> None:
    page = open_page("/residents/new", people.ANNA)
    fill(page, "林华")
    expect(choose(page, file("1.jpg", portrait(LIN)))).to_contain_text("可用", timeout=20_000)
    page.get_by_label("本人同意保留面部照片").check()
    page.get_by_role("button", name="保存录入").click()
    expect(page.get_by_text("已录入 林华，1 张照片可用")).to_be_visible()

    page.goto("/residents/new")
    fill(page, "林花")
    expect(choose(page, file("2.jpg", other(LIN)))).to_contain_text("可用", timeout=20_000)
    page.get_by_role("button", name="保存录入").click()
    dialog = page.locator(".dialog")
    expect(dialog.get_by_role("heading")).to_have_text("已登记为林华")
    lin = resident(site, "林华")
    expect(dialog.get_by_role("link")).to_have_attribute("href", f"/residents/{lin.id}")
    dialog.get_by_role("button", name="把这些照片加给林华").click()
    expect(page.get_by_text("已为林华添加 1 张照片")).to_be_visible()
    assert resident(site, "林华").templates == 2
    page.goto("/residents")
    expect(page.get_by_text("林华", exact=True)).to_be_visible()
    expect(page.get_by_text("林花")).to_have_count(0)


def test_somebody_who_cannot_be_told_apart_is_saved_after_a_look(site: Site, open_page: Open) -> None:
    page = open_page("/residents/new", people.ANNA)
    for name in ("赵一", "赵二"):
        fill(page, name)
        expect(choose(page, file("1.jpg", portrait(ZHAO)))).to_contain_text("可用", timeout=20_000)
        page.get_by_role("button", name="保存录入").click()
        if name == "赵一":
            expect(page.get_by_text("已录入 赵一")).to_be_visible()
            page.goto("/residents/new")
    page.get_by_role("button", name="已核对，不是同一人").click()
    expect(page.get_by_text("已录入 赵二")).to_be_visible()
    expect(page.get_by_text("与已录入的赵一很相似")).to_be_visible()


def test_photos_are_added_on_the_residents_own_page(site: Site, open_page: Open) -> None:
    page = open_page("/residents/new", people.ANNA)
    fill(page, "刘强")
    expect(choose(page, file("1.jpg", portrait(LIU)))).to_contain_text("可用", timeout=20_000)
    page.get_by_role("button", name="保存录入").click()
    page.get_by_role("link", name="记录").click()
    expect(page.locator("h1")).to_have_text("刘强")
    expect(page.get_by_text("1 张录入照片")).to_be_visible()
    page.get_by_role("link", name="为刘强添加照片").click()
    save = page.get_by_role("button", name="保存")
    expect(save).to_be_disabled()
    verdicts = choose(page, file("wang.jpg", portrait(WANG)), file("liu.jpg", other(LIU)))
    expect(verdicts.filter(has_text="wang.jpg")).to_contain_text("不是同一人", timeout=20_000)
    expect(verdicts.filter(has_text="liu.jpg")).to_contain_text("可用", timeout=20_000)
    save.click()
    expect(page.get_by_text("已为刘强添加 1 张照片")).to_be_visible()
    assert resident(site, "刘强").templates == 2


def test_only_an_admin_adds_photos(site: Site, open_page: Open) -> None:
    resident_id = site.enrol("吴静", "1-101", watched=False)
    page = open_page(f"/residents/{resident_id}", people.SAM)
    expect(page.locator("h1")).to_have_text("吴静")
    expect(page.get_by_role("link", name="为吴静添加照片")).to_have_count(0)
    page.goto(f"/residents/{resident_id}/photos")
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")


def test_who_is_unknown_to_the_engine_in_force_is_marked(site: Site, open_page: Open) -> None:
    site.enrol("何平", "1-102", watched=False)
    page = open_page("/residents", people.OLGA)
    expect(page.locator(".person").filter(has_text="何平")).to_contain_text("需要新照片")


def test_a_walk_past_a_camera_gives_the_photos(site: Site, open_page: Open, tmp_path: Path) -> None:
    rtsp.write_walk(tmp_path / "gate-2.mp4", faces.approaching("055m.jpg"))
    page = open_page("/residents/new", people.ANNA)
    fill(page, "孙立")
    page.get_by_label("或从摄像机前走过").select_option("gate-2")
    with rtsp.serve(tmp_path, site.rtsp_port):
        page.get_by_role("button", name="开始走过镜头").click()
        expect(page.locator(".walk-now")).to_have_text(re.compile("请走过镜头…… \\d+ 秒"))
        expect(page.locator(".walk")).to_contain_text("已取得", timeout=20_000)
    verdicts = page.locator(".verdict").filter(has_text="东门出口")
    expect(verdicts.filter(has_text="可用").nth(2)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="保存录入").click()
    expect(page.get_by_text("已录入 孙立")).to_be_visible()
    assert resident(site, "孙立").templates >= 3


def test_a_camera_that_does_not_answer_is_told_in_words(open_page: Open) -> None:
    page = open_page("/residents/new", people.ANNA)
    page.get_by_role("button", name="开始走过镜头").click()
    expect(page.locator(".walk-failed")).to_contain_text("摄像机没有应答")
    expect(page.get_by_role("button", name="开始走过镜头")).to_be_enabled()
