"""Who is expected: the list, a new pass, ending one, and the greeting on the duty desk."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import people
import pytest
from desk.conftest import PHONE, Open
from desk.site import Site, plain, portrait
from playwright.sync_api import Page, expect

from monitor.clock import utc_now
from monitor.core.access import Role
from monitor.core.expected_visitor import PassState
from monitor.core.subject import SubjectKind
from monitor.services import alerts, expected_visitors
from monitor.services.expected_visitors import ExpectedVisitor

pytestmark = pytest.mark.browser


def listed(site: Site) -> dict[str, ExpectedVisitor]:
    found = site.read(
        lambda session: expected_visitors.listing(session, site.estate_id, Role.ADMIN, utc_now())
    )
    return {visitor.name: visitor for visitor in found}


def row(page: Page, visitor_id: int):
    return page.locator(f"[data-visitor='{visitor_id}']")


def test_everybody_sees_who_is_expected_now_and_only_admins_the_rest(site: Site, open_page: Open) -> None:
    here, soon = site.expect("李敏"), site.expect("吴军", "维修", starts_h=30, ends_h=60)
    duty = open_page("/", people.OLGA)
    duty.get_by_role("link", name="访客").click()
    expect(row(duty, here)).to_contain_text("护理员")
    expect(row(duty, here)).to_contain_text("有效")
    expect(row(duty, soon)).to_have_count(0)
    expect(duty.get_by_role("button", name="提前结束")).to_have_count(0)
    expect(duty.get_by_text("登记访客")).to_have_count(0)
    duty.goto("/visitors/new")
    expect(duty.locator("h1")).to_have_text("您没有权限查看此页")
    admin = open_page("/visitors", people.ANNA)
    expect(row(admin, soon)).to_contain_text("未开始")


def test_a_pass_needs_consent_days_and_a_face_and_then_holds(site: Site, open_page: Open) -> None:
    page = open_page("/visitors/new", people.ANNA)
    save = page.get_by_role("button", name="保存登记")
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
    verdicts.filter(has_text="wall.jpg").get_by_role("button", name="移除").click()
    expect(verdicts).to_have_count(1)
    page.get_by_label("姓名").fill("何洁")
    page.get_by_label("来访事由").fill("保洁员")
    last = (utc_now() + timedelta(days=10)).date().isoformat()
    page.get_by_label("最后一天").fill(last)
    expect(page.get_by_text("还需要：同意书")).to_be_visible()
    expect(save).to_be_disabled()
    page.get_by_label("访客本人已阅读").check()
    save.click()
    expect(page.get_by_text("已登记 何洁")).to_be_visible()
    given = listed(site)["何洁"]
    assert (given.state, given.reason, given.recorded_by) == (PassState.RUNNING, "保洁员", people.ANNA)
    end = given.ends_at.astimezone(ZoneInfo(site.runtime.estate.time_zone))
    assert (end - timedelta(seconds=1)).date().isoformat() == last


def test_a_last_day_before_the_first_cannot_be_saved(open_page: Open) -> None:
    page = open_page("/visitors/new", people.ANNA)
    page.get_by_label("第一天").fill((utc_now() + timedelta(days=9)).date().isoformat())
    page.get_by_label("最后一天").fill((utc_now() + timedelta(days=5)).date().isoformat())
    page.get_by_label("访客本人已阅读").check()
    expect(page.get_by_text("还需要：姓名、来访事由、第一天和最后一天")).to_be_visible()


def test_a_pass_is_ended_after_a_question(site: Site, open_page: Open) -> None:
    visitor_id = site.expect("郑涛")
    page = open_page("/visitors", people.ANNA)
    row(page, visitor_id).get_by_role("button", name="提前结束").click()
    page.get_by_role("button", name="取消").click()
    assert listed(site)["郑涛"].state is PassState.RUNNING
    row(page, visitor_id).get_by_role("button", name="提前结束").click()
    page.locator(".dialog").get_by_role("button", name="提前结束").click()
    expect(row(page, visitor_id)).to_contain_text("已结束")
    assert listed(site)["郑涛"].state is PassState.ENDED


def test_the_duty_desk_greets_by_name_and_stays_quiet(site: Site, open_page: Open) -> None:
    visitor_id = site.expect("冯雪")
    page = open_page("/", people.OLGA)
    expect(page.locator("h1")).to_be_visible()
    before = site.read(lambda session: alerts.listing(session, site.estate_id))
    site.arrive(visitor_id)
    line = page.get_by_text("护理员 冯雪 · 东门入口")
    expect(line).to_be_visible()
    expect(line).to_contain_text("已到")
    assert site.read(lambda session: alerts.listing(session, site.estate_id)) == before


def test_an_officer_finds_out_why_an_alert_closed_by_itself(site: Site, open_page: Open) -> None:
    alert_id = site.visitor_alert("025m.jpg")
    page = open_page(f"/alerts/{alert_id}", people.OLGA)
    expect(page.get_by_role("button", name="接单")).to_be_visible()
    site.turn_out(alert_id)
    expect(page.get_by_text("随后认出是已录入的居民")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("系统结案")
    expect(page.locator(".timeline")).to_contain_text("认出是已登记的人")
    page.goto("/")
    expect(page.locator(".closed").first).to_contain_text("随后认出是已录入的居民 · ")


def test_an_officer_who_is_on_the_way_is_told_who_it_was_and_closes_the_alert(
    site: Site, open_page: Open
) -> None:
    alert_id = site.visitor_alert("026m.jpg")
    page = open_page("/", people.OLGA)
    card = page.locator(f"[data-alert='{alert_id}']")
    card.get_by_role("button", name="接单").click()
    expect(card).to_contain_text("您已于")
    site.turn_out(alert_id, SubjectKind.EXPECTED)
    expect(card).to_contain_text("随后认出是预约访客")
    expect(card.get_by_role("button", name="登记结果")).to_be_visible()


def test_the_pages_of_visitors_do_not_scroll_sideways_on_a_phone(site: Site, open_page: Open) -> None:
    site.expect("欧阳静", "每周三下午来做康复训练的治疗师，由女儿联系")
    page = open_page("/visitors", people.ANNA, PHONE)
    for path in ("/visitors", "/visitors/new"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
