"""What a message says: the least that its receiver needs, in both languages. Details stand behind the sign-in (W22)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DigestRow, OutboxRow, ReceiverRow, ResidentRow
from monitor.core.accounting import Count
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind
from monitor.core.ports import Message
from monitor.core.presence import PresenceState
from monitor.core.roster import Language
from monitor.services import alerts, digests
from monitor.store import cameras as camera_queries


class _Text(NamedTuple):
    chinese: str
    english: str

    def say(self, language: Language | None) -> str:
        """In both where the receiver's language is not known."""
        if language is None:
            return f"{self.chinese} / {self.english}"
        return self.chinese if language is Language.CHINESE else self.english


_KIND = {
    AlertKind.WELLNESS: _Text("平安关怀: 未见", "Not seen"),
    AlertKind.VISITOR: _Text("访客", "Visitor"),
    AlertKind.CAMERA_OFFLINE: _Text("摄像机离线", "Camera offline"),
    AlertKind.CANNOT_TELL: _Text("无法判断: 摄像机看不到", "Cannot tell: cameras see nothing"),
}
_NOT_BACK = _Text("平安关怀: 外出未归", "Went out, not back")
_STEP = {
    Step.PHONE: _Text("请电话确认", "please phone"),
    Step.VISIT: _Text("请登门查看", "please visit"),
    Step.URGENT: _Text("请立即登门", "please visit at once"),
}
_STATE = {
    PresenceState.SEEN: "已见 seen",
    PresenceState.PAUSED: "外出 away",
    PresenceState.LATE: "已到时限 due",
    PresenceState.UNSEEN: "未见 unseen",
    PresenceState.BLIND: "无法判断 cannot tell",
    PresenceState.NOT_STARTED: "未开始 not started",
}


def compose(session: Session, row: OutboxRow, public_url: str) -> Message:
    """The message that a row of the outbox owes."""
    if row.alert_id is not None:
        alert = alerts.view(session, alerts.load(session, row.estate_id, row.alert_id))
        return _of_alert(session, row, alert, public_url)
    return _of_digest(digests.view(session.get_one(DigestRow, row.digest_id)), row.key, public_url)


def _of_alert(session: Session, row: OutboxRow, alert: alerts.Alert, public_url: str) -> Message:
    zone, language = camera_queries.zone(session, row.estate_id), _language(session, row)
    title = _NOT_BACK if alert.cause is Cause.NOT_BACK else _KIND[alert.kind]
    if alert.kind is AlertKind.CANNOT_TELL:
        about = _names(session, alert.why["residents"])
    else:
        about = _who(alert.resident_name, alert.flat) or alert.camera_name or ""
    parts = [about, _clock(alert.since.astimezone(zone))]
    if alert.step is not None:
        parts.append(_STEP[alert.step].say(language))
    link = f"{public_url}/alerts/{alert.id}"
    return Message(row.key, title.say(language), " · ".join(part for part in parts if part), link)


def _language(session: Session, row: OutboxRow) -> Language | None:
    receiver = session.get(ReceiverRow, row.receiver_id) if row.receiver_id is not None else None
    return receiver.language if receiver else None


def _of_digest(digest: digests.Digest, key: str, public_url: str) -> Message:
    title = f"晨报 / Morning digest {digest.day:%m-%d}"
    return Message(key, title, summary(digest.count), f"{public_url}/accounted")


def summary(count: Count) -> str:
    """Said in words, and the parts add up."""
    parts = ", ".join(f"{_STATE[state]} {n}" for state, n in count.parts.items() if n)
    if not count.watched:
        return "没有关怀对象 / nobody is watched"
    if count.everybody:
        return f"{count.watched} 位全部有着落 / all {count.watched} accounted for: {parts}"
    return (
        f"{count.watched} 位中 {count.accounted_for} 位有着落 / "
        f"{count.accounted_for} of {count.watched} accounted for: {parts}"
    )


def _names(session: Session, residents: list[int]) -> str:
    rows = session.execute(
        select(ResidentRow.name, ResidentRow.flat)
        .where(ResidentRow.id.in_(residents))
        .order_by(ResidentRow.flat, ResidentRow.name)
    )
    return ", ".join(_who(name, flat) for name, flat in rows)


def _who(name: str | None, flat: str | None) -> str:
    building = (flat or "").split("-")[0]
    return " ".join(part for part in (name, f"{building} 号楼" if building else "") if part)


def _clock(local: datetime) -> str:
    return f"{local:%m-%d %H:%M}"
