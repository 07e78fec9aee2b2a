"""The picture of an unclear face, judged before staff's word for it is written down."""

from datetime import datetime

from api.photos import Photos
from monitor.bootstrap import Runtime
from monitor.services import unclear_faces
from monitor.services.enrolment import Photo
from monitor.services.unclear_faces import PICTURE_NAME


def judge(
    runtime: Runtime, photos: Photos, estate_id: str, face_id: int, resident_id: int, now: datetime
) -> tuple[Photo, str]:
    """The verdict on the face's picture and the engine that gave it. Slow: outside of any transaction.

    Without the resident's consent the picture is not even read. Raises NotFound.
    """
    with runtime.database.reader() as session:
        agreed = unclear_faces.may_be_recognised(session, estate_id, resident_id, now)
        jpeg = unclear_faces.picture(session, runtime.files, estate_id, face_id)
    if not agreed or jpeg is None:
        return unclear_faces.refused("no_picture" if agreed else "no_consent"), ""
    verdicts, engine = photos.judge([(PICTURE_NAME, jpeg)])
    return verdicts[0], engine
