"""An admin adds, changes and removes a camera on the desk; nobody else sees how."""

import re
from collections.abc import Iterator
from pathlib import Path

import people
import pytest
from desk.conftest import DESK, PHONE, Open
from desk.site import NAMES, Site
from playwright.sync_api import Page, ViewportSize, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def file(site: Site) -> Iterator[Path]:
    """The camera file; put back as it was."""
    path = site.runtime.settings.cameras_file
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def tile(page: Page, slug: str):
    return page.locator(f".tile[data-camera='{slug}']")


def fill(page: Page, fields: dict[str, str]) -> None:
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_camera_is_added_changed_and_removed(file: Path, open_page: Open, viewport: ViewportSize) -> None:
    page = open_page("/cameras", people.ANNA, viewport)
    page.get_by_role("link", name="添加摄像机").click()
    fill(page, {"编号": "gate-9", "名称": "南门", "位置": "gate", "主码流": "rtsp://127.0.0.1:9/1"})
    fill(
        page,
        {"用户名": "eve", "密码": "kanarienvogel", "向东（米）": "12.5", "朝向（0 为北，90 为东）": "90"},
    )
    page.get_by_label("迎面走来的人").select_option("out")
    page.get_by_role("button", name="保存摄像机").click()
    expect(tile(page, "gate-9")).to_contain_text("南门")
    expect(tile(page, "gate-9")).to_contain_text("启动中")
    text = file.read_text(encoding="utf-8")
    assert "id: gate-9" in text and "direction: out" in text and "kanarienvogel" not in text

    tile(page, "gate-9").get_by_role("link", name="修改").click()
    expect(page.locator("h1")).to_have_text("修改 南门")
    expect(page.get_by_label("主码流", exact=True)).to_have_value("rtsp://127.0.0.1:9/1")
    expect(page.get_by_label("密码", exact=True)).to_have_value("")
    fill(page, {"名称": "正南门"})
    page.get_by_label("使用中").uncheck()
    page.get_by_role("button", name="保存摄像机").click()
    expect(tile(page, "gate-9")).to_contain_text("正南门")
    expect(tile(page, "gate-9")).to_contain_text("已停用")
    assert "eve:${SHOUWANG_GATE_9_PASSWORD}@127.0.0.1:9/1" in file.read_text(encoding="utf-8")

    tile(page, "gate-9").get_by_role("button", name="移除").click()
    expect(page.get_by_text("移除 正南门？")).to_be_visible()
    page.locator(".dialog").get_by_role("button", name="移除").click()
    expect(page.get_by_text("已移除 正南门")).to_be_visible()
    expect(tile(page, "gate-9")).to_have_count(0)
    assert "gate-9" not in file.read_text(encoding="utf-8")


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(file: Path, open_page: Open) -> None:
    page = open_page("/cameras/new", people.ANNA, language="en", fresh=True)
    before = file.read_bytes()
    fill(page, {"Id": "Gate 9", "Name": "South gate", "Place": "gate", "Main stream": "ftp://127.0.0.1/"})
    fill(page, {"Metres north": "far"})
    save = page.get_by_role("button", name="Save the camera")
    save.click()
    expect(page.get_by_text("East and north need numbers.").first).to_be_visible()
    fill(page, {"Metres north": "3"})
    save.click()
    for label, sentence in {"Id": "The id needs 1 to 60", "Main stream": "begins with rtsp://"}.items():
        expect(page.get_by_label(label, exact=True)).to_have_accessible_description(re.compile(sentence))
    fill(page, {"Id": "gate-1", "Main stream": "rtsp://127.0.0.1/"})
    save.click()
    expect(page.get_by_text("Another camera has this id.").first).to_be_visible()
    for label, value in {
        "Name": "South gate",
        "Place": "gate",
        "Metres east": "0",
        "Metres north": "3",
    }.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    assert file.read_bytes() == before


def test_nobody_but_an_admin_sees_how(open_page: Open) -> None:
    for name in (people.OLGA, people.SAM):
        page = open_page("/cameras", name)
        expect(page.locator(".tile")).to_have_count(len(NAMES))
        for role, words in (("link", "添加摄像机"), ("link", "修改"), ("button", "移除")):
            expect(page.get_by_role(role, name=words)).to_have_count(0)  # type: ignore[arg-type]
        for path in ("/cameras/new", "/cameras/gate-1/change"):
            page.goto(path)
            expect(page.locator("h1")).to_have_text("您没有权限查看此页")


def test_a_camera_that_does_not_exist_is_told(open_page: Open) -> None:
    page = open_page("/cameras/gate-99/change", people.ANNA)
    expect(page.locator("h1")).to_have_text("没有这个页面")


def test_a_file_with_mistakes_is_told_to_everybody_and_where_only_to_admins(
    file: Path, open_page: Open
) -> None:
    admin, duty = open_page("/cameras", people.ANNA), open_page("/cameras", people.OLGA)
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("range_m: 10", "range_m: far", 1), encoding="utf-8")
    for page in (admin, duty):
        expect(page.get_by_text("摄像机文件有错误")).to_be_visible()
    expect(admin.get_by_text("cameras[0].range_m: must be a number")).to_be_visible()
    expect(duty.get_by_text("range_m")).to_have_count(0)
    file.write_text(good, encoding="utf-8")
    expect(admin.get_by_text("摄像机文件有错误")).to_have_count(0)
