"""The duty desk, tested by somebody clicking."""

import re

import people
import pytest
from desk.conftest import PHONE, Open, sign_in
from desk.site import Site
from playwright.sync_api import Page, expect

from monitor.core.alert import AlertState, Outcome
from monitor.services import outbox
from monitor.services.sensor_broker import News

pytestmark = pytest.mark.browser
WITHIN_1_S = 1_000


def card(page: Page, alert_id: int):
    return page.locator(f"[data-alert='{alert_id}']")


def test_whoever_is_not_signed_in_signs_in_first_and_then_sees_the_page_they_wanted(open_page: Open) -> None:
    page = open_page("/cameras")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fcameras$"))
    sign_in(page, people.OLGA, people.PASSWORD)
    expect(page).to_have_url(re.compile(r"/cameras$"))


def test_a_wrong_password_is_told_in_words(open_page: Open) -> None:
    page = open_page("/")
    sign_in(page, people.OLGA, "not my pass phrase")
    expect(page.get_by_role("alert")).to_contain_text("姓名或密码不对")


def test_the_desk_says_in_one_line_how_everything_is_and_what_is_dark(open_page: Open) -> None:
    page = open_page("/", people.OLGA)
    expect(page.locator("h1")).to_contain_text("8 路摄像机中 7 路在线")
    expect(page.locator(".facts")).to_contain_text("西门 连接不上")


def test_the_desk_says_at_once_when_sensors_cannot_be_heard_and_that_reports_were_refused(
    site: Site, open_page: Open
) -> None:
    page = open_page("/", people.OLGA)
    known = page.locator(".facts")
    expect(known).to_contain_text("西门")
    expect(known).not_to_contain_text("消息代理")
    site.broker_says(News(connected=False, refused=3, first_refused=[("nobodys", "unknown")]))
    try:
        expect(known).to_contain_text("消息代理已断开")
        expect(known).to_contain_text("3 条传感器消息未被接受")
        site.broker_says(News(connected=True))
        expect(known).not_to_contain_text("消息代理已断开")
    finally:
        site.no_broker()


def test_an_alert_says_who_since_when_and_why(site: Site, open_page: Open) -> None:
    alert_id = site.wellness_alert("王秀兰", "3-502")
    page = open_page("/", people.SAM)
    shown = card(page, alert_id)
    for words in (
        "王秀兰 未见",
        "3-502 室",
        "最近一次见到：东门入口",
        "26 小时前",
        "第一时限（24 小时）",
        "注意",
        "请电话确认",
    ):
        expect(shown).to_contain_text(words)


def test_taking_an_alert_shows_on_every_other_desk_within_a_second(site: Site, open_page: Open) -> None:
    alert_id = site.wellness_alert("赵德顺")
    olga, sam = open_page("/", people.OLGA), open_page("/", people.SAM)
    expect(card(sam, alert_id)).to_contain_text("待接单")
    card(olga, alert_id).get_by_role("button", name="接单").click()
    expect(card(sam, alert_id)).to_contain_text("Olga 已于", timeout=WITHIN_1_S)
    expect(card(olga, alert_id)).to_contain_text("您已于")
    assert site.alert(alert_id).acknowledged_by == people.OLGA


def test_a_new_visitor_appears_by_itself_with_face_and_place_and_the_receipt_is_written(
    site: Site, open_page: Open
) -> None:
    page = open_page("/", people.OLGA)
    expect(page.locator("h1")).to_be_visible()
    alert_id = site.visitor_alert()
    shown = card(page, alert_id)
    expect(shown).to_contain_text("未登记人员", timeout=2 * WITHIN_1_S)
    expect(shown).to_contain_text("东门入口")
    expect(shown).to_contain_text("0.21")
    expect(page.locator("#alarm")).to_have_attribute("data-untaken", re.compile(rf"\b{alert_id}\b"))
    face = shown.locator("img.face")
    expect(face).to_have_js_property("naturalWidth", 512)
    page.goto(f"/alerts/{alert_id}")
    expect(page.locator(".timeline")).to_contain_text("已显示在值班台")
    assert all(owed.sent_at for owed in site.read(lambda s: outbox.of_alert(s, site.estate_id, alert_id)))


def test_duty_closes_a_visitor_alert_with_a_result_and_a_note(site: Site, open_page: Open) -> None:
    alert_id = site.visitor_alert("020m.jpg")
    page = open_page("/", people.OLGA)
    card(page, alert_id).get_by_role("button", name="接单").click()
    card(page, alert_id).get_by_role("button", name="登记结果").click()
    page.get_by_role("button", name="认识的访客").click()
    page.locator("textarea").fill("502 室的女儿")
    page.get_by_role("button", name="保存").click()
    expect(card(page, alert_id)).to_have_count(0)
    expect(page.locator(".closed").first).to_contain_text("认识的访客")
    closed = site.alert(alert_id)
    assert (closed.outcome, closed.note) == (Outcome.KNOWN_VISITOR, "502 室的女儿")


def test_only_care_staff_close_a_wellness_alert_and_duty_sees_no_outcome(site: Site, open_page: Open) -> None:
    alert_id = site.wellness_alert("李桂芳")
    duty, staff = open_page("/", people.OLGA), open_page("/", people.SAM)
    card(duty, alert_id).get_by_role("button", name="接单").click()
    expect(card(duty, alert_id)).to_contain_text("结果由关怀人员登记")
    card(staff, alert_id).get_by_role("button", name="登记结果").click()
    staff.get_by_role("button", name="住院").click()
    staff.get_by_role("button", name="保存").click()
    expect(card(duty, alert_id)).to_have_count(0)
    expect(duty.locator(".closed").first).to_contain_text("结果已登记")
    expect(duty.locator(".closed").first).not_to_contain_text("住院")
    assert site.alert(alert_id).state is AlertState.RESOLVED


def test_where_a_resident_was_last_seen_is_shown_to_duty_only_after_taking_the_alert(
    site: Site, open_page: Open
) -> None:
    alert_id = site.wellness_alert("刘淑珍")
    page = open_page("/", people.OLGA)
    expect(card(page, alert_id)).to_contain_text("接单后可查看")
    expect(card(page, alert_id)).not_to_contain_text("东门入口")
    card(page, alert_id).get_by_role("button", name="接单").click()
    expect(card(page, alert_id)).to_contain_text("最近一次见到：东门入口")


def test_a_resident_who_was_seen_again_is_proposed_for_confirmation(site: Site, open_page: Open) -> None:
    alert_id = site.wellness_alert("孙志强")
    page = open_page("/", people.SAM)
    expect(card(page, alert_id)).to_be_visible()
    site.seen(site.alert(alert_id).resident_id or 0, 0.1, "lift-1")
    expect(card(page, alert_id)).to_contain_text("再次见到（1号楼电梯厅），请确认")
    assert site.alert(alert_id).state is AlertState.OPEN


def test_signing_out_elsewhere_ends_an_open_page_before_it_shows_anything_new(
    site: Site, open_page: Open
) -> None:
    page = open_page("/", people.OLGA, fresh=True)
    expect(page.locator("h1")).to_be_visible()
    other = page.context.new_page()
    other.goto("/residents")
    other.locator("form[action='/sign-out'] button").click()
    expect(other.get_by_role("heading", name="登录")).to_be_visible()
    site.visitor_alert("024m.jpg")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_every_sentence_changes_with_the_language(site: Site, open_page: Open) -> None:
    site.visitor_alert("021m.jpg")
    page = open_page("/", people.OLGA, fresh=True)
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_contain_text("7 of 8 cameras live")
    page.goto("/cameras")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".tile").first).to_contain_text("No connection")


def test_a_browser_that_asks_for_english_gets_english(open_page: Open) -> None:
    page = open_page("/", language="en-GB")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_an_untaken_alert_sounds_on_every_page_until_the_sound_is_turned_off(
    site: Site, open_page: Open
) -> None:
    page = open_page("/residents", people.OLGA, fresh=True)
    expect(page.get_by_role("button", name="声音已开")).to_be_visible()
    page.evaluate("window.tones = 0")
    site.visitor_alert("023m.jpg")
    page.wait_for_function("window.tones > 0", timeout=3_000)
    page.get_by_role("button", name="声音已开").click()
    expect(page.get_by_role("button", name="打开声音")).to_be_visible()


def test_a_lost_connection_cannot_be_overlooked(open_page: Open) -> None:
    page = open_page("/", people.OLGA)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_function("window.socket?.connected")
    page.evaluate("window.socket.disconnect()")
    expect(page.get_by_text("与服务器的连接已断开")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-lost", "yes")


def test_no_page_scrolls_sideways_on_a_phone(site: Site, open_page: Open) -> None:
    alert_id, resident_id = site.visitor_alert("022m.jpg"), site.enrol("张建国", "2-301")
    site.unclear("022m.jpg")
    page = open_page("/", people.ANNA, PHONE)
    for path in (
        "/", f"/alerts/{alert_id}", "/cameras", "/residents", f"/residents/{resident_id}", "/residents/new", "/unclear", "/no-page",
    ):  # fmt: skip
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
