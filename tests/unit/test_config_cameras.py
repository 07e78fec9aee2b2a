"""cameras.yaml: every mistake is found in one go and says where it is."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path

import pytest

from monitor.config.cameras import CameraConfig, EstateConfig, VisitAlertConfig, load_estate
from monitor.core.schedule import DailyWindow
from monitor.core.sighting import Direction
from monitor.core.visit import VisitRule
from monitor.errors import ConfigError, Problem

CANARY = "kanarienvogel"
ENVIRONMENT = {"SHOUWANG_CAMERA_USER": "ada", "SHOUWANG_CAMERA_PASSWORD": "p@ss:w/rd"}
GOOD = """\
estate:
  id: heping-li
  name: 和平里示范小区
  time_zone: Asia/Shanghai
visit_alerts:
  - name: 夜间出入口
    places: [east-gate]
    from: "22:00"
    to: 06:00
cameras:
  - id: gate-east-1
    name: 东门一号
    place: east-gate
    direction: in
    main: rtsp://${SHOUWANG_CAMERA_USER}:${SHOUWANG_CAMERA_PASSWORD}@127.0.0.1:8554/gate-east-1-main.mp4
    sub: rtsp://127.0.0.1:8554/gate-east-1-sub.mp4
    position: [12.0, 40]
    heading_deg: 90
    field_of_view_deg: 80
    range_m: 15
  - id: lift-1
    name: 一号电梯
    place: lift
    direction: both
    identifies: false
    enabled: false
    main: rtsp://127.0.0.1/lift-1
    position: [0, 0]
    heading_deg: 0
    field_of_view_deg: 180
    range_m: 2.5
"""


def load(folder: Path, text: str, environment: Mapping[str, str] = ENVIRONMENT) -> EstateConfig:
    path = folder / "cameras.yaml"
    path.write_text(text, encoding="utf-8")
    return load_estate(path, environment)


def problems(folder: Path, text: str, environment: Mapping[str, str] = ENVIRONMENT) -> list[Problem]:
    with pytest.raises(ConfigError) as error:
        load(folder, text, environment)
    assert all(p.file == str(folder / "cameras.yaml") for p in error.value.problems)
    assert CANARY not in str(error.value)
    return error.value.problems


def only(folder: Path, old: str, new: str) -> tuple[int, str, str]:
    """The one problem after one change of the good file."""
    assert old in GOOD
    (problem,) = problems(folder, GOOD.replace(old, new, 1))
    return problem.line, problem.key, problem.message


def test_a_good_file_is_read_in_full(tmp_path: Path) -> None:
    estate = load(tmp_path, GOOD)
    assert (estate.id, estate.name, estate.zone.key) == ("heping-li", "和平里示范小区", "Asia/Shanghai")
    gate, lift = estate.cameras
    assert (gate.direction, gate.identifies, gate.enabled) == (Direction.IN, True, True)
    assert (gate.position, gate.heading_deg, gate.range_m) == ((12.0, 40.0), 90.0, 15.0)
    assert (lift.direction, lift.identifies, lift.enabled, lift.sub) == (Direction.BOTH, False, False, None)


def test_a_visit_alert_becomes_a_rule(tmp_path: Path) -> None:
    (alert,) = load(tmp_path, GOOD).visit_alerts
    window = DailyWindow(time(22), time(6))
    assert alert.rule() == VisitRule("夜间出入口", frozenset({"east-gate"}), window)


@pytest.mark.parametrize("places", ["", "    places: []\n", "    places:\n"])
def test_a_visit_alert_without_places_is_for_everywhere(tmp_path: Path, places: str) -> None:
    (alert,) = load(tmp_path, GOOD.replace("    places: [east-gate]\n", places)).visit_alerts
    assert alert.rule().places == frozenset()


def test_visit_alerts_may_be_left_out(tmp_path: Path) -> None:
    start, end = GOOD.index("  - name: 夜间"), GOOD.index("cameras:")
    assert load(tmp_path, GOOD[:start] + GOOD[end:]).visit_alerts == ()
    assert load(tmp_path, (GOOD[:start] + GOOD[end:]).replace("visit_alerts:\n", "")).visit_alerts == ()


def test_a_password_with_reserved_characters_arrives_percent_encoded(tmp_path: Path) -> None:
    address = load(tmp_path, GOOD).cameras[0].main
    assert address.reveal() == "rtsp://ada:p%40ss%3Aw%2Frd@127.0.0.1:8554/gate-east-1-main.mp4"
    assert address.host == "127.0.0.1"
    assert str(address) == "rtsp://***@127.0.0.1:8554/gate-east-1-main.mp4"


@pytest.mark.parametrize(
    "password", ['"', "'", ": #", "- x", "${SHOUWANG_CAMERA_USER}", "密码", "%40", "{a: b}", "\n"]
)
def test_a_password_is_never_read_as_yaml_or_as_a_variable(tmp_path: Path, password: str) -> None:
    estate = load(tmp_path, GOOD, ENVIRONMENT | {"SHOUWANG_CAMERA_PASSWORD": password})
    assert estate.cameras[0].main.host == "127.0.0.1"


def test_the_loaded_estate_shows_no_password(tmp_path: Path) -> None:
    estate = load(tmp_path, GOOD, ENVIRONMENT | {"SHOUWANG_CAMERA_PASSWORD": CANARY})
    assert CANARY not in f"{estate} {estate!r} {estate.model_dump_json()}"
    assert CANARY in estate.cameras[0].main.reveal()


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "part"),
    [
        ("  name: 和平里", "  naem: x\n  name: 和平里", 3, "estate.naem", "did you mean `name`?"),
        ("    from:", "    form: x\n    from:", 8, "visit_alerts[0].form", "did you mean `from`?"),
        ("    place: lift", "    place: lift\n    zzz: 1", 24, "cameras[1].zzz", "there are: direction"),
        ("estate:", "camera: []\nestate:", 1, "camera", "did you mean `cameras`?"),
        (
            "    place: lift",
            "    place: lift\n    place: l",
            24,
            "cameras[1].place",
            "the first is on line 23",
        ),
        ("id: lift-1", "id: gate-east-1", 21, "cameras[1].id", "of the camera on line 11"),
        ("id: lift-1", "id: Lift 1", 21, "cameras[1].id", "small letters"),
        ("id: lift-1", "id: 5", 21, "cameras[1].id", "must be text"),
        ("id: lift-1", "id:", 21, "cameras[1].id", "has no value"),
        ("name: 一号电梯", 'name: ""', 22, "cameras[1].name", "must not be empty"),
        ("    name: 一号电梯\n", "", 21, "cameras[1].name", "is missing"),
        ("direction: both", "direction: up", 24, "cameras[1].direction", "'in', 'out' or 'both'"),
        ("identifies: false", "identifies: perhaps", 25, "cameras[1].identifies", "true or false"),
        ("rtsp://127.0.0.1/lift-1", "exec:/bin/sh", 27, "cameras[1].main", "rtsp://, rtsps://"),
        ("rtsp://127.0.0.1/lift-1", f"rtsp://a:{CANARY}@h:x/", 27, "cameras[1].main", "the port must"),
        ("rtsp://127.0.0.1/lift-1", f"rtsp://a:{CANARY}@@h/", 27, "cameras[1].main", "%40"),
        ("rtsp://127.0.0.1/lift-1", "{url: x}", 27, "cameras[1].main", "must be a text"),
        ("rtsp://127.0.0.1/lift-1", "", 27, "cameras[1].main", "has no value"),
        ("rtsp://127.0.0.1/lift-1", "rtsp://${NOPE}@h/", 27, "cameras[1].main", "variable NOPE is not set"),
        ("rtsp://127.0.0.1/lift-1", "rtsp://${}@h/", 27, "cameras[1].main", "(no name)"),
        ("position: [0, 0]", "position: [0]", 28, "cameras[1].position[1]", "is missing"),
        ("position: [0, 0]", "position: [0, 1, 2]", 28, "cameras[1].position", "at most 2"),
        ("position: [0, 0]", "position: 3", 28, "cameras[1].position", "must be a list"),
        ("position: [0, 0]", "position: [0, .inf]", 28, "cameras[1].position[1]", "not infinite"),
        ("heading_deg: 0", "heading_deg: 360.5", 29, "cameras[1].heading_deg", "at most 360"),
        ("heading_deg: 0", "heading_deg: -1", 29, "cameras[1].heading_deg", "at least 0"),
        ("heading_deg: 0", "heading_deg: true", 29, "cameras[1].heading_deg", "must be a number"),
        ("heading_deg: 0", "heading_deg: 2024-01-01", 29, "cameras[1].heading_deg", "must be a number"),
        ("heading_deg: 0", "heading_deg: !!int abc", 29, "cameras[1].heading_deg", "must be a number"),
        (
            "field_of_view_deg: 180",
            "field_of_view_deg: 181",
            30,
            "cameras[1].field_of_view_deg",
            "at most 180",
        ),
        ("range_m: 2.5", "range_m: 0", 31, "cameras[1].range_m", "more than 0"),
        ("Asia/Shanghai", "Asia/Shangai", 4, "estate.time_zone", "did you mean `Asia/Shanghai`?"),
        ("Asia/Shanghai", "../etc", 4, "estate.time_zone", "write it like Asia/Shanghai"),
        ("Asia/Shanghai", "Asia", 4, "estate.time_zone", "unknown time zone"),
        ("[east-gate]", "[east-gate, est-gate]", 7, "visit_alerts[0].places[1]", "are: east-gate, lift"),
        ('"22:00"', "24:00", 8, "visit_alerts[0].from", "time of day"),
        ('"22:00"', "22", 8, "visit_alerts[0].from", "time of day"),
        ("place: lift", "place: *lift", 23, "(file)", "no valid YAML"),
        ("  id: heping-li", "\tid: heping-li", 2, "(file)", "no valid YAML"),
        ("  id: heping-li", "  id: heping-li\x07", 2, "(file)", "control character"),
        ("name: 一号电梯", "name: !!python/name:os.system", 22, "cameras[1].name", "tags"),
    ],
)
def test_a_mistake_says_where_it_is(
    tmp_path: Path, old: str, new: str, line: int, key: str, part: str
) -> None:
    if "tags" in part:  # the value is lost as well, which is said too
        found = problems(tmp_path, GOOD.replace(old, new, 1))[0]
        at = found.line, found.key, found.message
    else:
        at = only(tmp_path, old, new)
    assert at[:2] == (line, key)
    assert part in at[2]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        GOOD.replace("Asia/", "Asien/")
        .replace("id: lift-1", "id: gate-east-1")
        .replace("range_m: 15", "range_m: x")
    )
    found = problems(tmp_path, text.replace("rtsp://127.0.0.1/lift-1", "rtsp://${NOPE}:${NADA}@h:x/"))
    assert [(p.line, p.key) for p in found] == [
        (4, "estate.time_zone"),
        (20, "cameras[0].range_m"),
        (21, "cameras[1].id"),
        (27, "cameras[1].main"),
        (27, "cameras[1].main"),
        (27, "cameras[1].main"),
    ]


def test_an_empty_variable_is_as_bad_as_none(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, GOOD, ENVIRONMENT | {"SHOUWANG_CAMERA_PASSWORD": ""})
    assert problem.message == "the environment variable SHOUWANG_CAMERA_PASSWORD is not set or empty"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "empty"),
        ("# nothing yet\n", 1, "empty"),
        ("\n- a\n", 2, "group of keys"),
        ("~", 1, "group of keys"),
        ("a: 1\n--- \nb: 2\n", 2, "no valid YAML"),
        ("[" * 1000, 1, "no valid YAML"),
        ("%YAML 9.9\n---\na: 1\n", 1, "no valid YAML"),
        (f"a: 'rtsp://u:{CANARY}@h\nb: [{CANARY}\n", 3, "no valid YAML"),
    ],
)
def test_a_file_that_is_no_list_of_cameras_is_refused(
    tmp_path: Path, text: str, line: int, part: str
) -> None:
    (problem,) = problems(tmp_path, text)
    assert (problem.line, problem.key) == (line, "(file)")
    assert part in problem.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cameras\.yaml.*no such file"):
        load_estate(tmp_path / "cameras.yaml", {})


def test_a_folder_or_binary_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_estate(tmp_path, {})
    (tmp_path / "cameras.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_estate(tmp_path / "cameras.yaml", {})


def test_a_byte_order_mark_from_windows_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + GOOD).id == "heping-li"


@pytest.mark.parametrize(
    ("cameras", "part"), [("cameras: []", "at least one"), ("cameras:", "no value"), ("", "missing")]
)
def test_an_estate_needs_a_camera(tmp_path: Path, cameras: str, part: str) -> None:
    text = GOOD[: GOOD.index("visit_alerts:")] + cameras
    (problem,) = problems(tmp_path, text)
    assert problem.key == "cameras"
    assert part in problem.message


def test_a_list_with_other_things_than_cameras_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD + "  - lift\n  -\n")
    assert [p.key for p in found] == ["cameras[2]", "cameras[3]"]


def test_anchors_and_odd_keys_are_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace("place: lift", "place: &p lift\n    name2: *p\n    [1, 2]: x"))
    assert {p.message.split(";")[0] for p in found} >= {
        "anchors and aliases (& and *) are not supported",
        "a key must be a word",
    }


def test_an_address_in_a_wrong_place_is_masked_too(tmp_path: Path) -> None:
    problems(tmp_path, GOOD.replace("place: lift", f'place: lift\n    "rtsp://a:{CANARY}@h/": x'))


@pytest.mark.parametrize("model", [EstateConfig, CameraConfig, VisitAlertConfig])
def test_every_field_is_described(model: type[EstateConfig]) -> None:
    assert all(field.description for field in model.model_fields.values())
