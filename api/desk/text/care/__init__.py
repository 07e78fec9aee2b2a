"""The sentences of the pages on which staff look after residents."""

from api.desk.text.care.catalogue import Care
from api.desk.text.care.en import EN
from api.desk.text.care.zh_cn import ZH_CN

__all__ = ["EN", "ZH_CN", "Care"]
