"""A channel through Apprise: WeCom, DingTalk, Feishu, e-mail, ntfy, Telegram and many more by their address."""

from dataclasses import dataclass, field

import apprise

from monitor.core.ports import Message
from monitor.errors import NotifyError


@dataclass(frozen=True)
class AppriseChannel:
    """`address` is a secret: it holds tokens and passwords."""

    name: str
    address: str = field(repr=False)

    def send(self, message: Message) -> str:
        """Apprise answers yes or no; its yes is the receipt."""
        target = apprise.Apprise()
        if not target.add(self.address):
            raise NotifyError(channel=self.name, reason="the address is not understood", permanent=True)
        if not target.notify(title=message.title, body=f"{message.body}\n{message.link}"):
            raise NotifyError(channel=self.name, reason="the service did not accept it")
        return f"accepted {message.key}"
