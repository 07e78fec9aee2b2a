"""`column IN (many ids)` with one parameter: a thousand of them cost more to hand over than to look up (bench/watch.py)."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session


def among(session: Session, column: InstrumentedAttribute[Any], ids: Collection[int]) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    each = func.json_each(literal(json.dumps(list(ids)))).table_valued("value")
    return column.in_(select(each.c.value))
