"""Who is on duty, who comes next, and when nobody is there."""

from collections.abc import Iterator
from datetime import timedelta

import people
import pytest
from desk.conftest import PHONE, Open
from desk.site import Site
from playwright.sync_api import Page, expect

from monitor.clock import utc_now
from monitor.core.roster import Language, Link
from monitor.services import chain, roster
from monitor.services.roster import NewReceiver, NewShift

pytestmark = pytest.mark.browser
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nobody_entered(site: Site) -> Iterator[None]:
    yield
    for each in found(site).receivers:
        site.write(lambda session, id=each.id: roster.remove_receiver(session, site.estate_id, id, utc_now()))


def enter(site: Site, name: str, link: Link, *, hours: float | None = 4) -> int:
    """On duty for some hours more, or without a shift."""
    new = NewReceiver(name, link, ("desk",), frozenset(), Language.CHINESE)
    id = site.write(lambda session: roster.enter_receiver(session, site.estate_id, new, ["desk"], utc_now()))
    if hours is not None:
        shift = NewShift(id, utc_now() - HOUR, utc_now() + hours * HOUR)
        site.write(lambda session: roster.enter_shift(session, site.estate_id, shift, people.ANNA, utc_now()))
    return id


def found(site: Site) -> roster.Roster:
    return site.read(lambda session: roster.get(session, site.estate_id, utc_now()))


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


def test_from_an_empty_roster_to_somebody_on_duty(site: Site, open_page: Open) -> None:
    page = open_page("/roster", people.ANNA)
    expect(page.get_by_text("还没有登记接收人：每条告警同时发往所有渠道。")).to_be_visible()
    fill(page, "姓名", "王芳")
    fill(page, "渠道", "desk")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("值班员: 无人：立即通知兜底接收人")).to_be_visible()
    expect(page.get_by_text("没有登记兜底接收人")).to_be_visible()
    fill(page, "开始", "00:00")
    fill(page, "结束", "00:00")
    page.get_by_role("button", name="登记", exact=True).first.click()
    expect(page.get_by_text("值班员: 王芳")).to_be_visible()
    (shift,) = found(site).shifts
    assert shift.ends_at - shift.starts_at == 24 * HOUR


def test_a_gap_is_on_the_roster_and_on_the_duty_desk(site: Site, open_page: Open) -> None:
    enter(site, "王芳", Link.DUTY, hours=None)
    page = open_page("/", people.OLGA)
    expect(page.get_by_text("现在没有值班员在岗")).to_be_visible()
    page = open_page("/roster", people.OLGA)
    expect(page.get_by_text("值班员：")).to_be_visible()
    expect(page.get_by_role("button", name="登记")).to_have_count(0)  # who is on duty is entered by others


def test_a_channel_that_is_not_set_up_is_refused(site: Site, open_page: Open) -> None:
    page = open_page("/roster", people.ANNA)
    fill(page, "姓名", "王芳")
    fill(page, "渠道", "pager")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("有渠道尚未设置，或没有填写渠道。")).to_be_visible()
    assert not found(site).receivers


def test_a_shift_hands_over_a_note(site: Site, open_page: Open) -> None:
    enter(site, "王芳", Link.DUTY)
    page = open_page("/roster", people.OLGA, PHONE)
    fill(page, "交接班记录", "3号楼电梯停用")
    page.get_by_role("button", name="交班", exact=True).click()
    expect(page.get_by_text(f"3号楼电梯停用（{people.OLGA}）")).to_be_visible()


def test_what_is_taken_off_is_gone(site: Site, open_page: Open) -> None:
    enter(site, "王芳", Link.DUTY)
    page = open_page("/roster", people.ANNA)
    page.locator("[data-shift]").get_by_role("button", name="撤下").click()
    expect(page.locator("[data-shift]")).to_have_count(0)
    page.locator("[data-receiver]").get_by_role("button", name="撤下").click()
    expect(page.get_by_text("还没有登记接收人：每条告警同时发往所有渠道。")).to_be_visible()


def test_the_history_of_an_alert_says_whom_it_has_climbed_to(site: Site, open_page: Open) -> None:
    enter(site, "王芳", Link.DUTY)
    enter(site, "李静", Link.LEAD)
    alert_id = site.wellness_alert("陈桂兰", "3-502", 26)
    site.write(
        lambda session: chain.escalate(session, site.estate_id, ["desk"], utc_now() + timedelta(minutes=16))
    )
    page = open_page(f"/alerts/{alert_id}", people.OLGA)
    expect(page.get_by_text("无人接单，已通知负责人")).to_be_visible()
    expect(page.get_by_text("李静 · ")).to_be_visible()
