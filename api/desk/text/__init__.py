"""Every sentence of the desk, in two languages."""

from collections.abc import Mapping

from api.desk.text.catalogue import Catalogue
from api.desk.text.en import EN
from api.desk.text.zh_cn import ZH_CN
from monitor import errors

__all__ = ["CATALOGUES", "COOKIE", "Catalogue", "catalogue", "say"]

COOKIE = "shouwang_language"
CATALOGUES = {words.code: words for words in (ZH_CN, EN)}


def catalogue(cookies: Mapping[str, str], accept_language: str) -> Catalogue:
    """What was chosen; else English for browsers that ask for it first; else Chinese."""
    chosen = CATALOGUES.get(cookies.get(COOKIE, ""))
    if chosen is not None:
        return chosen
    return EN if accept_language.strip().lower().startswith("en") else ZH_CN


def say(words: Catalogue, error: errors.ShouwangError) -> str:
    """An error in the reader's language, with what to do."""
    match error:
        case errors.Conflict():
            return words.error_conflict
        case errors.CameraMistakes():
            field = error.mistakes[0][0]
            return words.camera_mistake.get(field, words.error_invalid)
        case errors.CameraFileFixed():
            return words.camera_file_fixed
        case errors.ConfigError():
            return words.camera_file_refused
        case errors.NotFound():
            return words.error_not_found
        case errors.NotAllowed():
            return words.error_not_allowed
        case errors.InvalidInput():
            field = str(error.facts["field"])
            of_pages = words.care.error_field.get(field) or words.roster.error_field.get(field)
            return of_pages or words.error_field.get(field, words.error_invalid)
        case errors.WalkRefused():
            return words.walk_reason.get(str(error.facts.get("key")), words.error_other)
        case errors.WalkBusy():
            return words.walk_reason["busy"]
        case errors.CameraRefused():
            return words.walk_reason["refused"]
        case errors.CameraUnreachable():
            return words.walk_reason["no_answer"]
        case errors.CameraSilent():
            return words.walk_reason["no_picture"]
        case errors.PhotoRefused():
            return words.photo_reason.get(str(error.facts.get("key")), words.photo_refused)
        case _:
            return words.error_other
