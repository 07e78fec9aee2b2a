"""Do the agreed hours suit them? What other hours would have meant, and adopting them."""

import re

import people
import pytest
from desk.conftest import PHONE, Open
from desk.site import Site
from playwright.sync_api import Page, expect

from monitor.core.agreement import Agreement
from monitor.core.replay import HOUR
from monitor.services import agreements
from monitor.simulate.lives import LIVES

pytestmark = pytest.mark.browser
MARKET, OUT_AND_ABOUT, TWICE_A_WEEK = LIVES[0], LIVES[1], LIVES[3]


def person(page: Page, resident_id: int):
    return page.locator(f"[data-resident='{resident_id}']")


def choice(page: Page, hours: int):
    return page.locator(f"[data-hours='{hours}']")


def test_the_list_says_how_often_each_step_would_have_alerted_and_what_is_wrong_with_it(
    site: Site, open_page: Open
) -> None:
    rarely, often = site.enrol("沈玉珍", "7-101"), site.enrol("韩秀梅", "7-102")
    site.passed(rarely, TWICE_A_WEEK, 80)
    site.passed(often, OUT_AND_ABOUT, 80)
    page = open_page("/hours", people.SAM)
    expect(person(page, rarely)).to_contain_text("24 / 48 / 72 小时")
    expect(person(page, rarely)).to_contain_text(re.compile(r"电话 每月 \d+\.\d 次"))
    expect(person(page, rarely).locator(".chip").first).to_have_text("告警太多，容易没人当真")
    expect(person(page, often)).not_to_contain_text("告警太多")
    expect(person(page, often)).to_be_visible()
    names = page.locator("[data-resident] .strong").all_inner_texts()
    assert names.index("沈玉珍") < names.index("韩秀梅")
    person(page, rarely).click()
    page.wait_for_url(re.compile(rf"/residents/{rarely}/hours$"))


def test_each_choice_is_told_with_alerts_and_delay_and_those_in_force_are_marked(
    site: Site, open_page: Open
) -> None:
    resident = site.enrol("冯桂芝", "7-103")
    site.passed(resident, MARKET, 75)
    page = open_page(f"/residents/{resident}/hours", people.SAM, language="en", fresh=True)
    expect(page.locator("[data-hours]")).to_have_count(7)
    expect(choice(page, 24)).to_contain_text(re.compile(r"\d+\.\d alerts a month"))
    expect(choice(page, 24)).to_contain_text(re.compile(r"told after \d+ h on average"))
    expect(choice(page, 24)).to_contain_text("Too often to be taken seriously")
    expect(choice(page, 72)).not_to_contain_text("Too often")
    for hours, step in ((24, "Phone"), (48, "Visit"), (72, "Urgent")):
        expect(choice(page, hours).locator(".chip").first).to_have_text(step)
    expect(choice(page, 36)).not_to_have_class(re.compile("now"))


def test_hours_that_are_adopted_become_the_agreement_with_who_and_why(site: Site, open_page: Open) -> None:
    resident = site.enrol("曹玉英", "7-104")
    site.passed(resident, TWICE_A_WEEK, 80)
    page = open_page(f"/residents/{resident}/hours", people.SAM, PHONE)
    expect(choice(page, 60).get_by_role("button", name="用作电话时限")).to_have_count(0)
    choice(page, 36).get_by_role("button", name="用作电话时限").click()
    expect(page.get_by_text("36 / 48 / 72 小时")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Sam：36 小时：自 .+ 次通行中，每月 \d+\.\d 次告警"))).to_be_visible()
    expect(choice(page, 36)).to_have_class(re.compile("now"))
    newest = site.read(lambda session: agreements.in_force(session, resident))
    assert (newest.version, newest.agreed_by) == (2, people.SAM)
    assert newest.agreed == Agreement(phone=36 * HOUR, quiet=None)


def test_before_enough_is_known_it_says_from_when(site: Site, open_page: Open) -> None:
    new, never = site.enrol("邓秀珍", "7-105"), site.enrol("许桂兰", "7-106")
    site.passed(new, OUT_AND_ABOUT, 20)
    page = open_page("/hours", people.SAM)
    expect(person(page, new)).to_contain_text(re.compile("满 56 天后可以看出：.+起"))
    expect(person(page, never)).to_contain_text("通行太少，看不出")
    page.goto(f"/residents/{new}/hours")
    expect(page.get_by_text(re.compile("满 56 天后可以看出：.+起"))).to_be_visible()
    expect(page.locator("[data-hours]")).to_have_count(0)


def test_the_duty_officer_has_neither_page(site: Site, open_page: Open) -> None:
    resident = site.enrol("彭秀英", "7-107")
    page = open_page("/hours", people.OLGA)
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")
    page.goto(f"/residents/{resident}/hours")
    expect(page.locator("h1")).to_have_text("您没有权限查看此页")


def test_who_is_not_watched_has_no_such_page(site: Site, open_page: Open) -> None:
    resident = site.enrol("曾秀英", "7-108", watched=False)
    page = open_page(f"/residents/{resident}/hours", people.SAM)
    expect(page.locator("h1")).to_have_text("没有这个页面")
