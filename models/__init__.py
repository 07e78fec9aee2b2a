"""The tables. Importing this package registers all of them on `Base.metadata`."""

from models.absence import AbsenceRow
from models.account import AccountRow, SignInRow, TokenRow
from models.agreement import AgreementRow, ContactRow
from models.alert import AlertRow
from models.base import Base
from models.camera import BlindTimeRow, CameraHourRow, CameraRow
from models.correction import CorrectionRow
from models.digest import DigestRow
from models.estate import EstateRow
from models.event import EventRow
from models.evidence import EvidenceRow, SensorBrokerRow, SensorRow
from models.expected_visitor import ExpectedVisitorRow, VisitorTemplateRow
from models.outbox import OutboxRow
from models.presence import PresenceRow
from models.resident import ConsentRow, PhotoRow, ResidentRow, TemplateRow
from models.roster import ReceiverRow, ShiftRow
from models.routine import GapRow, UsualWayRow
from models.sighting import SightingRow
from models.snapshot import SnapshotRow
from models.unclear_face import UnclearFaceRow
from models.visit import VisitRow
from models.wellness import AttemptRow, WellnessCheckRow

__all__ = [
    "AbsenceRow",
    "AccountRow",
    "AgreementRow",
    "AlertRow",
    "AttemptRow",
    "Base",
    "BlindTimeRow",
    "CameraHourRow",
    "CameraRow",
    "ConsentRow",
    "ContactRow",
    "CorrectionRow",
    "DigestRow",
    "EstateRow",
    "EventRow",
    "EvidenceRow",
    "ExpectedVisitorRow",
    "GapRow",
    "OutboxRow",
    "PhotoRow",
    "PresenceRow",
    "ReceiverRow",
    "ResidentRow",
    "SensorBrokerRow",
    "SensorRow",
    "ShiftRow",
    "SightingRow",
    "SignInRow",
    "SnapshotRow",
    "TemplateRow",
    "TokenRow",
    "UnclearFaceRow",
    "UsualWayRow",
    "VisitRow",
    "VisitorTemplateRow",
    "WellnessCheckRow",
]
