"""Which streams are used, and what is advised."""

import pytest

from monitor.core.profile import (
    Choice,
    Figures,
    Profile,
    Role,
    advice,
    announced_advice,
    choices,
    clock_is_off,
)

FULL = Profile("1", "lens", "h264", (1920, 1080), 15)
SMALL = Profile("2", "lens", "h264", (640, 360), 5)
GOOD = Figures("h264", (1920, 1080), 15.0, 15.0, 2.0, 2048.0, False, 0.3, 0.5, 6.0)


def changed(**parts: object) -> Figures:
    return Figures(**{**GOOD.__dict__, **parts})  # type: ignore[arg-type]


def chosen(*profiles: Profile) -> Choice:
    (choice,) = choices(profiles)
    return choice


def test_main_is_the_largest_and_sub_the_one_nearest_to_640_by_360() -> None:
    tiny = Profile("3", "lens", "h264", (176, 144), 5)
    large = Profile("4", "lens", "h264", (1280, 720), 15)
    assert chosen(tiny, SMALL, large, FULL) == Choice(FULL, SMALL)


def test_h264_is_taken_before_h265_of_the_same_size_and_h265_before_mjpeg_of_any() -> None:
    same = Profile("3", "lens", "hevc", (1920, 1080), 25)
    pictures = Profile("4", "lens", "mjpeg", (3840, 2160), 25)
    assert chosen(same, FULL, pictures).main is FULL
    assert chosen(same, pictures).main is same
    assert chosen(pictures).main is pictures


def test_of_like_streams_main_is_the_faster_and_sub_the_slower() -> None:
    fast = Profile("3", "lens", "h264", (1920, 1080), 25)
    quick = Profile("4", "lens", "h264", (640, 360), 25)
    untold = Profile("5", "lens", "h264", (1920, 1080))
    assert chosen(untold, FULL, fast, quick, SMALL) == Choice(fast, SMALL)


def test_there_is_no_sub_when_all_others_are_as_large_or_larger_than_a_sub_may_be() -> None:
    assert chosen(FULL).sub is None
    assert chosen(FULL, Profile("3", "lens", "h264", (1920, 1080), 5)).sub is None
    assert chosen(Profile("3", "lens", "h264", (3840, 2160)), FULL).sub is None


def test_each_lens_of_a_recorder_is_chosen_for_and_what_cannot_be_read_is_left_out() -> None:
    other = Profile("3", "other", "hevc", (2560, 1440))
    assert choices([FULL, other, SMALL]) == [Choice(FULL, SMALL), Choice(other, None)]
    assert choices([Profile("3", "lens", "mpeg4", (1920, 1080)), Profile("4", "lens", "h264", (0, 0))]) == []


def test_an_announcement_is_judged_by_size_codec_and_the_lack_of_a_sub() -> None:
    assert announced_advice(Choice(FULL, SMALL)) == []
    said = " ".join(announced_advice(Choice(Profile("1", "lens", "mjpeg", (640, 480)), None)))
    assert "640 x 480" in said and "neither H.264 nor H.265" in said and "no small sub stream" in said


def test_good_settings_get_no_advice() -> None:
    assert advice(GOOD, Role.MAIN) == []
    assert advice(changed(size_wh=(1280, 720), rate=25.1, key_interval_s=4.0), Role.MAIN) == []
    assert advice(changed(size_wh=(720, 1280)), Role.MAIN) == []  # turned by a quarter
    assert advice(changed(size_wh=(640, 360), rate=8.0), Role.SUB) == []
    assert advice(changed(codec="hevc"), Role.MAIN) == advice(changed(codec="mjpeg"), Role.MAIN) == []


@pytest.mark.parametrize(
    ("parts", "role", "told"),
    [
        ({"codec": "mpeg4"}, Role.MAIN, "mpeg4"),
        ({"first_picture_s": None}, Role.MAIN, "No picture could be decoded"),
        ({"size_wh": (704, 576)}, Role.MAIN, "only 704 x 576"),
        ({"size_wh": (1920, 1080)}, Role.SUB, "costs much"),
        ({"key_interval_s": 4.1}, Role.MAIN, "4.1 s apart"),
        ({"key_interval_s": None, "watched_s": 12.0}, Role.MAIN, "No second key frame came in 12 s"),
        ({"rate": 5.0}, Role.MAIN, "Only 5.0 pictures"),
        ({"rate": 30.0}, Role.MAIN, "30.0 pictures a second cost more"),
        ({"reordered": True}, Role.MAIN, "B-frames"),
    ],
)
def test_each_thing_that_is_wrong_is_told_alone(parts: dict[str, object], role: Role, told: str) -> None:
    (line,) = advice(changed(**parts), role)
    assert told in line


def test_what_was_not_measured_is_not_judged() -> None:
    assert advice(changed(rate=None, key_interval_s=None, watched_s=3.0), Role.MAIN) == []


def test_a_slow_sub_stream_is_as_it_should_be() -> None:
    assert advice(changed(size_wh=(640, 360), rate=5.0), Role.SUB) == []
    assert "Only 2.0 pictures" in advice(changed(size_wh=(640, 360), rate=2.0), Role.SUB)[0]


def test_a_clock_may_be_a_few_seconds_off() -> None:
    assert not clock_is_off(None)
    assert not clock_is_off(-5.0)
    assert clock_is_off(-6.0)
    assert clock_is_off(6.0)
