"""Staff look after residents: the day's list, a check from phone call to outcome, what is agreed, and who is away."""

import re
from datetime import timedelta

import people
import pytest
import watching
from desk.conftest import PHONE, Open
from desk.site import DARK, Site
from playwright.sync_api import Page, expect

from monitor.clock import utc_now
from monitor.core.access import Role
from monitor.core.alert import Outcome
from monitor.core.presence import PresenceState
from monitor.services import absences, agreements, cannot_tell, contacts, residents, wellness
from monitor.services import tick as ticks
from monitor.services.absences import NewAbsence
from monitor.services.contacts import Contact
from monitor.services.wellness import WellnessCheck

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)


def check_of(site: Site, name: str, flat: str = "3-502", hours: float = 26) -> WellnessCheck:
    alert_id = site.wellness_alert(name, flat, hours)
    return site.read(lambda session: wellness.of_alert(session, site.estate_id, alert_id))[0]


def again(site: Site, check: WellnessCheck) -> WellnessCheck:
    return site.read(lambda session: wellness.get(session, site.estate_id, check.id))


def state(site: Site, resident_id: int) -> PresenceState | None:
    return site.read(
        lambda session: residents.get(session, site.estate_id, resident_id, Role.ADMIN, "", utc_now())
    ).state


def call(site: Site, resident_id: int, *who: Contact) -> None:
    site.write(lambda session: contacts.replace(session, site.estate_id, resident_id, who, utc_now()))


def card(page: Page, check: WellnessCheck):
    return page.locator(f"[data-check='{check.id}']")


def test_from_the_list_over_a_call_to_the_outcome(site: Site, open_page: Open) -> None:
    check = check_of(site, "陈桂兰", hours=26)
    call(site, check.resident_id, Contact("林梅", "女儿", "138 0000 1234", has_key=True))
    page = open_page("/care", people.SAM, PHONE)
    expect(card(page, check)).to_contain_text("请电话确认")
    card(page, check).get_by_role("link", name="打开工单").click()
    page.wait_for_url(re.compile(rf"/checks/{check.id}$"))
    expect(page.get_by_text("接单后可查看联系人和钥匙保管人。")).to_be_visible()
    expect(page.get_by_text("138 0000 1234")).to_have_count(0)
    page.get_by_role("button", name="接单").click()
    dial = page.get_by_role("link", name="138 0000 1234")
    expect(dial).to_have_attribute("href", "tel:13800001234")
    expect(page.get_by_text("有钥匙")).to_be_visible()
    page.locator(".attempt").filter(has_text="打本人电话").get_by_role("button", name="无人应答").click()
    expect(page.locator(".timeline")).to_contain_text("Sam：打本人电话，无人应答")
    page.get_by_role("button", name="登记结果").click()
    dialog = page.locator(".dialog")
    dialog.get_by_role("button", name="平安在家").click()
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("Sam 登记：平安在家")).to_be_visible()
    expect(page.get_by_text("138 0000 1234")).to_have_count(0)
    closed = again(site, check)
    assert (closed.outcome, closed.closed_by, len(closed.attempts)) == (Outcome.WELL_AT_HOME, people.SAM, 1)
    assert state(site, check.resident_id) is PresenceState.SEEN
    page.goto("/care")
    expect(card(page, check)).to_have_count(0)


def test_who_is_in_hospital_until_a_day_is_away_until_then(site: Site, open_page: Open) -> None:
    check = check_of(site, "李秀珍")
    page = open_page(f"/checks/{check.id}", people.SAM)
    page.get_by_role("button", name="接单").click()
    page.get_by_role("button", name="登记结果").click()
    dialog = page.locator(".dialog")
    day = dialog.locator("input[type=date]")
    expect(day).to_have_count(0)
    dialog.get_by_role("button", name="住院").click()
    day.fill((utc_now() + 6 * DAY).date().isoformat())
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("Sam 登记：住院")).to_be_visible()
    assert state(site, check.resident_id) is PresenceState.PAUSED


def test_what_was_done_is_asked_for_who_needed_help(site: Site, open_page: Open) -> None:
    check = check_of(site, "王玉华")
    page = open_page(f"/checks/{check.id}", people.SAM, language="en", fresh=True)
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Record result").click()
    dialog = page.locator(".dialog")
    dialog.get_by_role("button", name="Needed help").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please say what was done, and when.")).to_be_visible()
    assert again(site, check).closed_at is None
    dialog.get_by_label("What was done, and when").fill("120 called 9:10")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Done: 120 called 9:10")).to_be_visible()


def test_somebody_elses_check_is_theirs(site: Site, open_page: Open) -> None:
    check = check_of(site, "刘凤英")
    site.write(lambda session: wellness.take(session, site.estate_id, check.id, people.ANNA, utc_now()))
    page = open_page(f"/checks/{check.id}", people.SAM)
    expect(page.get_by_text("Anna 已于")).to_be_visible()
    expect(page.get_by_role("button", name="接单")).to_have_count(0)
    expect(page.get_by_text("接单后可查看联系人和钥匙保管人。")).to_be_visible()


def test_the_duty_officer_has_no_care_page(site: Site, open_page: Open) -> None:
    page = open_page("/care", people.OLGA)
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")
    expect(page.get_by_role("link", name="关怀", exact=True)).to_have_count(0)
    page.goto("/checks/1")
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")


def test_the_page_says_where_everybody_stands_and_why(site: Site, open_page: Open) -> None:
    seen, new, away, blind = (site.enrol(name, "2-101") for name in ("赵国强", "吴秀兰", "周建国", "郑美华"))
    site.seen(seen, 3)
    site.seen(blind, 4, DARK)
    now = utc_now()

    def happen(session) -> None:
        trip = NewAbsence(now, now + 5 * DAY, "女儿", "女儿")
        watching_ways = watching.usual_ways
        watching_ways(session, site.estate_id, blind, DARK)
        from monitor.services import presence

        presence.leave(session, site.estate_id, away, trip, 30 * DAY, people.SAM, now)

    site.write(happen)
    page = open_page("/accounted", people.SAM)

    def line(resident_id: int):
        return page.locator(f"[data-resident='{resident_id}']")

    expect(line(seen)).to_contain_text("3 小时前见到")
    expect(line(new)).to_contain_text("第一次见到后开始计时")
    expect(line(away)).to_contain_text("报备外出至")
    expect(line(blind)).to_contain_text("无法判断")
    expect(line(blind)).to_contain_text("看不到：西门")
    expect(page.locator(".statement")).to_contain_text(
        re.compile(r"\d+ 位关怀对象中 \d+ 位有着落：.*已报备外出 \d+")
    )
    line(seen).click()
    page.wait_for_url(re.compile(rf"/residents/{seen}$"))


def test_the_duty_officer_sees_who_is_accounted_for_and_not_where(site: Site, open_page: Open) -> None:
    resident = site.enrol("孙秀英", "4-301")
    site.seen(resident, 2, "lift-2")
    page = open_page("/accounted", people.OLGA)
    line = page.locator(f"[data-resident='{resident}']")
    expect(line).to_contain_text("已见")
    expect(line).not_to_contain_text("2号楼电梯厅")


def test_an_alert_about_several_names_them_and_leads_to_their_checks(site: Site, open_page: Open) -> None:
    resident = site.enrol("何桂香", "5-101")
    site.seen(resident, 16, DARK)
    site.write(lambda session: watching.usual_ways(session, site.estate_id, resident, DARK))

    def blind(session) -> None:
        now = utc_now()
        cannot_tell.tell(session, site.estate_id, timedelta(minutes=1), ["desk"], now)
        cannot_tell.phone(session, site.estate_id, [resident], ["desk"], now)

    site.write(blind)
    page = open_page("/", people.SAM)
    alert = page.locator("article").filter(has_text="何桂香")
    expect(alert).to_contain_text("无法判断")
    alert.get_by_role("link").first.click()
    expect(page.get_by_text("看不到的摄像机：西门")).to_be_visible()
    page.get_by_role("link", name="何桂香 的关怀工单").click()
    expect(page.get_by_text("摄像机看不到太久，请电话确认")).to_be_visible()
    page.get_by_role("button", name="接单").click()
    page.get_by_role("button", name="登记结果").click()
    page.locator(".dialog").get_by_role("button", name="平安在家").click()
    page.locator(".dialog").get_by_role("button", name="保存").click()
    expect(page.get_by_text("Sam 登记：平安在家")).to_be_visible()


def test_hours_are_changed_with_a_reason(site: Site, open_page: Open) -> None:
    resident = site.enrol("马秀芳", "6-101")
    page = open_page(f"/residents/{resident}", people.SAM)
    expect(page.get_by_text("24 / 48 / 72 小时")).to_be_visible()
    page.get_by_role("button", name="修改时限").click()
    dialog = page.locator(".dialog")
    dialog.get_by_label("电话确认（小时）").fill("18")
    dialog.get_by_label("免打扰从").fill("21:30")
    dialog.get_by_label("到", exact=True).fill("06:30")
    dialog.get_by_role("button", name="保存时限").click()
    expect(page.get_by_text("请写明原因。")).to_be_visible()
    dialog.get_by_label("原因").fill("本人要求")
    dialog.get_by_role("button", name="保存时限").click()
    expect(page.get_by_text("18 / 48 / 72 小时")).to_be_visible()
    expect(page.get_by_text("21:30 至 06:30 免打扰")).to_be_visible()
    expect(page.get_by_text("Sam：本人要求")).to_be_visible()
    newest = site.read(lambda session: agreements.in_force(session, resident))
    assert (newest.version, newest.agreed_by) == (2, people.SAM)


def test_hours_that_do_not_rise_are_refused_in_words(site: Site, open_page: Open) -> None:
    resident = site.enrol("马秀兰", "6-102")
    page = open_page(f"/residents/{resident}", people.SAM, language="en", fresh=True)
    page.get_by_role("button", name="Change the hours").click()
    dialog = page.locator(".dialog")
    dialog.get_by_label("Phone (hours)").fill("60")
    dialog.get_by_label("Why").fill("asked")
    dialog.get_by_role("button", name="Save the hours").click()
    expect(page.get_by_text("The hours must rise")).to_be_visible()


def test_an_absence_is_entered_and_its_question_answered(site: Site, open_page: Open) -> None:
    resident = site.enrol("黄淑珍", "6-103")
    site.seen(resident, 3)
    page = open_page(f"/residents/{resident}", people.SAM)
    page.get_by_role("button", name="报备外出").click()
    dialog = page.locator(".dialog")
    dialog.get_by_label("最后一天").fill((utc_now() + 4 * DAY).date().isoformat())
    dialog.get_by_label("谁说的").fill("女儿")
    dialog.get_by_role("button", name="保存报备").click()
    expect(page.get_by_text("请写明有事联系谁。")).to_be_visible()
    dialog.get_by_label("有事联系谁").fill("女儿 138")
    dialog.get_by_role("button", name="保存报备").click()
    expect(page.get_by_text("女儿 告知；有事联系 女儿 138")).to_be_visible()
    expect(page.locator(".chip").first).to_contain_text("已报备外出")
    site.seen(resident, 0, "lift-1")
    expect(page.get_by_text("可能已回来，请问一问")).to_be_visible()
    page.goto("/care")
    page.get_by_role("link", name="黄淑珍 报备外出期间").click()
    page.get_by_role("button", name="仍在外").click()
    expect(page.get_by_text("可能已回来，请问一问")).to_have_count(0)
    page.get_by_role("button", name="已回来").click()
    expect(page.locator(".chip").first).to_contain_text("已见")
    (over,) = site.read(lambda session: absences.listing(session, site.estate_id, resident))
    assert over.ended_by == people.SAM


def test_staff_who_have_just_phoned_say_so_with_one_tap(site: Site, open_page: Open) -> None:
    resident = site.enrol("徐桂英", "6-104")
    site.seen(resident, 20)
    page = open_page(f"/residents/{resident}", people.SAM)
    page.get_by_role("button", name="电话平安").click()
    expect(page.locator(".timeline")).to_contain_text("Sam 电话确认平安")
    row = site.read(lambda session: session.get(watching.PresenceRow, resident))
    assert row is not None and utc_now() - row.last_evidence_at < timedelta(minutes=1)


def test_contacts_are_shown_with_a_reason_and_changed(site: Site, open_page: Open) -> None:
    resident = site.enrol("高玉兰", "6-105")
    call(site, resident, Contact("林梅", "女儿", "138 0000 1234"))
    page = open_page(f"/residents/{resident}", people.SAM, PHONE)
    page.get_by_role("button", name="查看或修改").click()
    dialog = page.locator(".dialog")
    dialog.get_by_role("button", name="查看").click()
    expect(page.get_by_text("请写明原因。")).to_be_visible()
    dialog.get_by_label("为什么查看").fill("更新电话")
    dialog.get_by_role("button", name="查看").click()
    expect(dialog.get_by_label("姓名")).to_have_value("林梅")
    dialog.get_by_label("电话").fill("139 9999 8888")
    dialog.get_by_role("button", name="添加联系人").click()
    second = dialog.locator(".contact-edit").nth(1)
    second.get_by_label("姓名").fill("张师傅")
    second.get_by_label("关系").fill("邻居")
    second.get_by_label("电话").fill("137")
    second.get_by_label("有钥匙").check()
    dialog.get_by_role("button", name="保存联系人").click()
    expect(page.get_by_text("联系人已保存。")).to_be_visible()
    kept = site.read(lambda session: contacts.of(session, resident))
    assert kept == [Contact("林梅", "女儿", "139 9999 8888"), Contact("张师傅", "邻居", "137", has_key=True)]


def test_leaving_the_list_asks_once_and_never_over_an_open_check(site: Site, open_page: Open) -> None:
    check = check_of(site, "梁秀英", "6-106")
    page = open_page(f"/residents/{check.resident_id}", people.SAM)
    page.get_by_role("button", name="退出关怀").click()
    page.locator(".dialog").get_by_role("button", name="他人提出").click()
    expect(page.get_by_text("有未结的工单：请先联系到本人")).to_be_visible()
    assert again(site, check).closed_at is None
    page.goto(f"/residents/{check.resident_id}")
    page.get_by_role("button", name="退出关怀").click()
    page.locator(".dialog").get_by_role("button", name="本人当面或来电提出").click()
    expect(page.locator(".chip").first).to_contain_text("已退出关怀")
    expect(page.get_by_role("button", name="退出关怀")).to_have_count(0)
    assert state(site, check.resident_id) is PresenceState.WITHDRAWN


def test_a_check_that_lapses_is_everybodys_again_on_the_open_page(site: Site, open_page: Open) -> None:
    from monitor.services import alerts

    check = check_of(site, "罗桂珍", "6-107")
    site.write(lambda session: wellness.take(session, site.estate_id, check.id, people.ANNA, utc_now()))
    page = open_page(f"/checks/{check.id}", people.SAM)
    expect(page.get_by_text("Anna 已于")).to_be_visible()
    later = utc_now() + timedelta(hours=2)
    site.write(lambda session: alerts.lapse(session, site.estate_id, ["desk"], later))
    expect(page.get_by_role("button", name="接单")).to_be_visible()
    page.get_by_role("button", name="接单").click()
    expect(page.get_by_text("您已于")).to_be_visible()
    site.write(lambda session: ticks.tick(session, site.estate_id, ["desk"], utc_now()))
