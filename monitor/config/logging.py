"""One logging setup for every process: plain lines on stderr, UTC, no password in them."""

import logging
import time

from monitor.config.address import redact

_FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"


class RedactingFilter(logging.Filter):
    """Masks addresses in the message, its arguments and the exception before anything formats them.

    It belongs on the handler: a filter on a logger does not see what its children log.
    """

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # logging would print the raw arguments to stderr; the line is worth keeping without them.
            text = f"{record.msg} (the arguments do not fit)"
        record.msg, record.args = redact(text), None
        if record.exc_info:
            # Dropped afterwards, so that no other handler can format the raw exception.
            record.exc_text = self._formatter.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def configure_logging(level: str) -> None:
    """Replaces whatever logging was set up before. Python's warnings come through it too."""
    formatter = logging.Formatter(_FORMAT, datefmt="%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(RedactingFilter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for chatty in ("alembic", "uvicorn", "httpx", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
