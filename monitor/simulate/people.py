"""The invented people of the sample estate. No name belongs to the person in the photograph."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.simulate.portraits import PORTRAITS


@dataclass(frozen=True)
class Person:
    """Somebody who may walk through the sample estate."""

    key: str  # of the portrait
    name: str
    flat: str  # building-unit-flat; empty for strangers
    watched: bool  # lone elderly, with consent to be missed

    @property
    def photo(self) -> Path:
        """The picture that is enrolled."""
        return PORTRAITS[self.key].photo


# Enrolled and watched, but in no scene: not seen for 49 hours when the sample estate starts.
UNSEEN = "049m"
# On a planned absence, and so in no scene either.
AWAY = "016m"

_WATCHED = (
    ("049m", "林守田", "3-2-501"),
    ("055m", "周德安", "1-1-302"),
    ("019f", "沈玉兰", "2-1-104"),
    ("039f", "何秀云", "4-3-201"),
    ("028f", "顾桂芳", "5-1-603"),
    ("024m", "郑福生", "6-2-402"),
    ("062m", "蒋国梁", "7-1-101"),
    ("016m", "陆长河", "8-2-503"),
)
_OTHERS = (
    ("000m", "宋志远", "1-1-501"),
    ("003f", "方晓晴", "1-2-203"),
    ("004m", "梁宇轩", "1-2-602"),
    ("005f", "唐静怡", "1-3-404"),
    ("005m", "许建平", "2-1-301"),
    ("009m", "曹立新", "2-1-502"),
    ("010m", "彭海涛", "2-2-103"),
    ("011m", "董乐天", "2-3-604"),
    ("015f", "袁思琪", "3-1-201"),
    ("017f", "冯雅文", "3-1-402"),
    ("021f", "于佳宁", "3-2-303"),
    ("023f", "余梦洁", "3-3-504"),
    ("027m", "叶正阳", "4-1-101"),
    ("029m", "杜文斌", "4-1-302"),
    ("031m", "程凯旋", "4-2-603"),
    ("034f", "苏婉清", "4-2-404"),
    ("036f", "魏丹妮", "5-1-201"),
    ("037m", "吕家豪", "5-2-502"),
    ("038f", "丁若溪", "5-2-303"),
    ("038m", "任子航", "5-3-104"),
    ("040m", "姚启明", "6-1-401"),
    ("042m", "卢俊杰", "6-1-202"),
    ("043f", "钟美玲", "6-2-603"),
    ("046f", "汪可欣", "6-3-504"),
    ("049f", "崔紫涵", "7-1-301"),
    ("050m", "范学礼", "7-2-102"),
    ("051m", "石浩然", "7-2-403"),
    ("058f", "金悦宁", "7-3-204"),
    ("060f", "贾丽萍", "8-1-601"),
    ("064m", "邱大伟", "8-1-302"),
    ("070f", "秦海燕", "8-2-203"),
    ("071m", "江振东", "8-3-404"),
)


@cache
def residents() -> tuple[Person, ...]:
    """40 enrolled residents, the 8 watched ones first."""
    watched = tuple(Person(key, name, flat, True) for key, name, flat in _WATCHED)
    return watched + tuple(Person(key, name, flat, False) for key, name, flat in _OTHERS)


@cache
def strangers() -> tuple[Person, ...]:
    """Everybody who is not enrolled."""
    enrolled = {person.key for person in residents()}
    keys = [key for key in PORTRAITS if key not in enrolled]
    return tuple(Person(key, f"访客{number}", "", False) for number, key in enumerate(keys, 1))


def everybody() -> dict[str, Person]:
    """Residents and strangers by portrait key."""
    return {person.key: person for person in residents() + strangers()}
