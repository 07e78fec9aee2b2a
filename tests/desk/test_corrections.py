""" "This is not her" and "this is her", by somebody clicking."""

import re

import people
import pytest
from desk.conftest import PHONE, Open
from desk.site import Site
from playwright.sync_api import Page, expect

from monitor.clock import utc_now
from monitor.core.access import Role
from monitor.services import residents, sightings, unclear_faces
from monitor.services.residents import Resident

pytestmark = pytest.mark.browser


def shown(site: Site, resident_id: int) -> Resident:
    return site.read(
        lambda session: residents.get(session, site.estate_id, resident_id, Role.STAFF, people.SAM, utc_now())
    )


def face(page: Page, face_id: int):
    return page.locator(f"[data-face='{face_id}']")


def choose(page: Page, name: str) -> None:
    page.locator(".dialog input[type=search]").fill(name)
    page.locator(".dialog").get_by_role("button", name=name).click()


def test_a_sighting_is_rejected_with_a_click_and_a_confirmation(site: Site, open_page: Open) -> None:
    resident_id = site.enrol("何秀英", "1-402")
    site.seen(resident_id, 20, "lift-1")
    site.seen(resident_id, 2, "gate-2", face="041f.jpg")
    page = open_page(f"/residents/{resident_id}", people.SAM)
    entry = page.locator(".timeline li").filter(has_text="在东门出口见到")
    entry.get_by_role("button", name="这不是她/他").click()
    dialog = page.locator(".dialog")
    expect(dialog).to_contain_text("这不是何秀英？")
    expect(dialog).to_contain_text("不能改回")
    dialog.locator("textarea").fill("是她妹妹")
    dialog.get_by_role("button", name="是的，这不是何秀英").click()
    expect(entry).to_have_class("rejected")
    expect(entry).to_contain_text("Sam 于")
    expect(entry.get_by_role("button")).to_have_count(0)
    expect(page.locator(".aside-first .panel.stack").first).to_contain_text("1号楼电梯厅")
    assert shown(site, resident_id).last_seen_place == "1号楼电梯厅"


def test_leaving_the_dialog_changes_nothing(site: Site, open_page: Open) -> None:
    resident_id = site.enrol("马丽华", "1-403")
    site.seen(resident_id, 3, "gate-2")
    page = open_page(f"/residents/{resident_id}", people.SAM)
    page.get_by_role("button", name="这不是她/他").click()
    page.get_by_role("button", name="取消").click()
    expect(page.locator(".dialog")).to_have_count(0)
    (kept,) = site.read(lambda session: sightings.listing(session, site.estate_id, resident_id))
    assert kept.rejected_at is None


def test_duty_who_took_the_alert_sees_the_history_and_cannot_reject(site: Site, open_page: Open) -> None:
    alert_id = site.wellness_alert("郭淑兰")
    page = open_page(f"/alerts/{alert_id}", people.OLGA)
    page.get_by_role("button", name="接单").click()
    expect(page.get_by_text("您已于")).to_be_visible()
    page.goto(f"/residents/{site.alert(alert_id).resident_id}")
    expect(page.locator(".timeline")).to_contain_text("在东门入口见到")
    expect(page.get_by_role("button", name="这不是她/他")).to_have_count(0)
    expect(page.get_by_role("link", name="未看清")).to_have_count(0)
    page.goto("/unclear")
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")


def test_the_proposal_to_close_leads_to_the_picture_and_goes_when_it_was_somebody_else(
    site: Site, open_page: Open
) -> None:
    alert_id = site.wellness_alert("宋玉珍")
    site.seen(site.alert(alert_id).resident_id or 0, 0.1, "lift-1", face="042f.jpg")
    page = open_page(f"/alerts/{alert_id}", people.SAM)
    expect(page.locator(".again")).to_contain_text("再次见到（1号楼电梯厅）")
    page.get_by_role("link", name="核对画面").click()
    entry = page.locator(".timeline li").filter(has_text="在1号楼电梯厅见到")
    entry.get_by_role("button", name="这不是她/他").click()
    page.get_by_role("button", name="是的，这不是宋玉珍").click()
    expect(entry).to_have_class("rejected")
    page.goto(f"/alerts/{alert_id}")
    expect(page.locator(".timeline")).to_contain_text("更正：那次见到的不是本人")
    expect(page.locator(".again")).to_have_count(0)


def test_an_unclear_face_is_named_and_its_picture_is_judged(site: Site, open_page: Open) -> None:
    resident_id = site.enrol("林桂英", "3-101")
    good, gone = site.unclear("043f.jpg"), site.unclear("044f.jpg", reason="two_people_alike")
    page = open_page("/", people.SAM)
    page.get_by_role("link", name="未看清").click()
    expect(face(page, gone)).to_contain_text("与两位居民都像")
    expect(face(page, good)).to_contain_text("东门入口")
    expect(face(page, good).locator("img.face")).to_have_js_property("complete", True)
    face(page, good).get_by_role("button", name="这是…").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请先选择一位居民")).to_be_visible()
    choose(page, "林桂英")
    page.locator(".dialog").get_by_label("加入这张照片").check()
    page.get_by_role("button", name="保存").click()
    # The real reader reads the picture, and staff hear what became of it.
    expect(page.get_by_text(re.compile("已记录：林桂英。照片"))).to_be_visible(timeout=20_000)
    expect(face(page, good)).to_contain_text("认出：林桂英")
    expect(face(page, good).get_by_role("button")).to_have_count(0)
    named = site.read(lambda session: unclear_faces.get(session, site.estate_id, good))
    assert (named.resident_id, named.named_by) == (resident_id, people.SAM)
    page.get_by_role("link", name="认出：林桂英").click()
    expect(page.locator(".timeline")).to_contain_text("Sam 从未看清的人脸中认出本人")


def test_a_face_that_somebody_else_named_meanwhile_is_told(site: Site, open_page: Open) -> None:
    site.enrol("唐秀云", "3-102")
    face_id = site.unclear("045f.jpg")
    first, second = open_page("/unclear", people.SAM), open_page("/unclear", people.ANNA)
    for page in (first, second):
        face(page, face_id).get_by_role("button", name="这是…").click()
        choose(page, "唐秀云")
    first.get_by_role("button", name="保存").click()
    expect(face(first, face_id)).to_contain_text("Sam 于")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_text("已被他人处理")).to_be_visible()


def test_a_face_is_named_on_a_phone(site: Site, open_page: Open) -> None:
    site.enrol("韩美兰", "3-103")
    face_id = site.unclear("046f.jpg")
    page = open_page("/unclear", people.ANNA, PHONE)
    face(page, face_id).get_by_role("button", name="这是…").click()
    choose(page, "韩美兰")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="保存").click()
    expect(face(page, face_id)).to_contain_text("认出：韩美兰")
