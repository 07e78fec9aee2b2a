"""The sentences of the duty roster."""

from api.desk.text.roster.catalogue import Roster
from api.desk.text.roster.en import EN
from api.desk.text.roster.zh_cn import ZH_CN

__all__ = ["EN", "ZH_CN", "Roster"]
