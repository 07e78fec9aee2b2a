"""Writing many rows with one statement and one parameter: the rows as JSON, taken apart by the database.

A thousand rows of twenty columns are twenty thousand parameters otherwise, and handing those over costs more than all the
database does with them (bench/watch.py).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Dialect,
    Select,
    Table,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.sql.selectable import FromClause

from models import Base

Rows = Sequence[Mapping[str, Any]]


def insert_rows(
    session: Session,
    model: type[Base],
    rows: Rows,
    returning: Sequence[InstrumentedAttribute[Any]] = (),
) -> list[tuple[Any, ...]]:
    """All rows have the same keys; defaults of other columns are filled in. What is returned comes in any order."""
    if not rows:
        return []
    table = _table(model)
    defaults = {
        c.name: c.default.arg
        for c in table.columns
        if isinstance(c.default, ScalarElementColumnDefault) and c.name not in rows[0]
    }
    names = [*rows[0], *defaults]
    source = _source(session, table, names, [{**row, **defaults} for row in rows])
    statement = insert(table).from_select(names, source)
    if not returning:
        session.execute(statement)
        return []
    return [tuple(row) for row in session.execute(statement.returning(*returning))]


def update_rows(session: Session, model: type[Base], rows: Rows) -> None:
    """Each row has the table's primary key and the same other columns, which get its values."""
    if not rows:
        return
    table = _table(model)
    (key,) = table.primary_key.columns
    new = _source(session, table, list(rows[0]), rows).subquery("new")
    values = {name: new.c[name] for name in rows[0] if name != key.name}
    session.execute(
        update(table).where(key == new.c[key.name]).values(values),
        execution_options={"synchronize_session": False},
    )


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


def _source(session: Session, table: Table, names: Sequence[str], rows: Rows) -> Select[Any]:
    """The rows as something to select from. What is the same in all of them is handed over once."""
    dialect = session.get_bind().dialect
    columns = [table.columns[name] for name in names]
    differing = [c for c in columns if _differs(c, rows)] or columns[:1]  # so that each row is one
    processes = [(c.name, _processor(c, dialect)) for c in differing]
    text = json.dumps([_stored(row, processes) for row in rows], default=str)
    if dialect.name == "postgresql":
        parts = [column(c.name, c.type) for c in differing]
        found: FromClause = (
            func.jsonb_to_recordset(literal(text).cast(JSONB))
            .table_valued(*parts)
            .render_derived(with_types=True)
        )
        values: dict[str, ColumnElement[Any]] = {c.name: found.c[c.name] for c in differing}
    else:
        each = func.json_each(literal(text)).table_valued("value")
        values = {c.name: func.json_extract(each.c.value, f"$.{c.name}").label(c.name) for c in differing}
    values |= {
        c.name: literal(rows[0][c.name], c.type).label(c.name) for c in columns if c.name not in values
    }
    return select(*(values[name] for name in names))


def _differs(c: Column[Any], rows: Rows) -> bool:
    first = rows[0][c.name]
    return isinstance(c.type, JSON) or any(row[c.name] is not first for row in rows)


Processor = Callable[[Any], Any]


def _stored(row: Mapping[str, Any], processes: Sequence[tuple[str, Processor | None]]) -> dict[str, Any]:
    """The values as this database stores them."""
    return {
        name: row[name] if process is None or row[name] is None else process(row[name])
        for name, process in processes
    }


def _processor(c: Column[Any], dialect: Dialect) -> Processor | None:
    """JSON columns stay what they are: the whole is JSON."""
    if isinstance(c.type, JSON):
        return None
    return cast("Processor | None", c.type.dialect_impl(dialect).bind_processor(dialect))
