"""No password reaches the log, whichever way it is handed over."""

import logging
import re
import warnings
from collections.abc import Iterator

import pytest

from monitor.config.logging import configure_logging

CANARY = "kanarienvogel"
URL = f"rtsp://ada:{CANARY}@10.0.0.5/x"


@pytest.fixture(autouse=True)
def clean_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The root logger as it was, afterwards."""
    level = logging.root.level
    monkeypatch.setattr(logging.root, "handlers", [])
    yield
    logging.captureWarnings(False)
    logging.root.setLevel(level)


def test_a_line_has_utc_time_level_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("monitor.x").info("camera %s is back", "gate-1")
    line = capsys.readouterr().err
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO     monitor\.x: camera gate-1 is back\n", line)


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("WARNING")
    logging.getLogger("monitor.x").info("quiet")
    assert capsys.readouterr().err == ""


def test_message_arguments_exception_and_stack_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logger = logging.getLogger("monitor.x")
    logger.info(f"open {URL}")
    logger.info("open %s, %r", URL, [URL])
    try:
        try:
            raise OSError(f"first {URL}")
        except OSError as error:
            raise ValueError(f"then {URL}") from error
    except ValueError:
        logger.exception("no picture from %s", URL)
    logger.info("here", stack_info=True)  # a stack that shows f"rtsp://ada:kanarienvogel@10.0.0.5/x"
    text = capsys.readouterr().err
    assert CANARY not in text
    assert text.count("rtsp://***@10.0.0.5/x") >= 6
    assert "Traceback" in text and "Stack" in text


def test_arguments_that_do_not_fit_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("monitor.x").info("%d cameras", URL)
    text = capsys.readouterr().err
    assert "%d cameras (the arguments do not fit)" in text
    assert CANARY not in text


def test_warnings_of_libraries_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"slow: {URL}", stacklevel=1)
    text = capsys.readouterr().err
    assert "slow: rtsp://***@10.0.0.5/x" in text
    assert CANARY not in text
