"""What goes through the ports does not change on the way."""

from dataclasses import FrozenInstanceError

import pytest

from monitor.core.ports import Message


def test_a_message_stays_the_same_for_every_retry() -> None:
    message = Message(key="alert-1", title="t", body="b", link="l")
    with pytest.raises(FrozenInstanceError):
        message.key = "alert-2"  # type: ignore[misc]
