"""The tables. Importing this package registers all of them on `Base.metadata`."""

from models.account import AccountRow, SignInRow, TokenRow
from models.alert import AlertRow
from models.base import Base
from models.camera import BlindTimeRow, CameraHourRow, CameraRow
from models.correction import CorrectionRow, EvidenceRow
from models.estate import EstateRow
from models.event import EventRow
from models.expected_visitor import ExpectedVisitorRow, VisitorTemplateRow
from models.outbox import OutboxRow
from models.presence import PresenceRow
from models.resident import ConsentRow, PhotoRow, ResidentRow, TemplateRow
from models.sighting import SightingRow
from models.snapshot import SnapshotRow
from models.unclear_face import UnclearFaceRow
from models.visit import VisitRow
from models.wellness import WellnessCheckRow

__all__ = [
    "AccountRow",
    "AlertRow",
    "Base",
    "BlindTimeRow",
    "CameraHourRow",
    "CameraRow",
    "ConsentRow",
    "CorrectionRow",
    "EstateRow",
    "EventRow",
    "EvidenceRow",
    "ExpectedVisitorRow",
    "OutboxRow",
    "PhotoRow",
    "PresenceRow",
    "ResidentRow",
    "SightingRow",
    "SignInRow",
    "SnapshotRow",
    "TemplateRow",
    "TokenRow",
    "UnclearFaceRow",
    "VisitRow",
    "VisitorTemplateRow",
    "WellnessCheckRow",
]
