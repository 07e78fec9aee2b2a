"""Who signs in, with what, and which programs hold a token."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import AccountRow, SignInRow, TokenRow
from monitor.core.access import PEOPLE, Role
from monitor.errors import InvalidInput, SignInFailed, TooManyTries

SHORTEST_PASSWORD = 12
FREE_TRIES, LONGEST_WAIT_S = 5, 60
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked for unknown names too, so that the answer takes as long as for a known one.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Principal:
    """Who is asking."""

    name: str
    role: Role
    estate_id: str


def create_account(
    session: Session, estate_id: str, name: str, password: str, role: Role, now: datetime
) -> None:
    """Raises InvalidInput for a short password or a name that exists."""
    if role not in PEOPLE:
        raise InvalidInput(field="role", reason=f"a {role.value} program gets a token, not an account")
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(field="password", reason=f"needs at least {SHORTEST_PASSWORD} characters")
    if not name.strip() or len(name) > 100:
        raise InvalidInput(field="name", reason="needs 1 to 100 characters")
    if _account(session, estate_id, name) is not None:
        raise InvalidInput(field="name", reason=f"{name} exists already")
    session.add(
        AccountRow(
            estate_id=estate_id,
            name=name,
            password_hash=_HASHER.hash(password),
            role=role,
            disabled=False,
            created_at=now,
        )
    )


def set_password(session: Session, estate_id: str, name: str, password: str) -> None:
    """A new password ends every sign-in of the account."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(field="password", reason=f"needs at least {SHORTEST_PASSWORD} characters")
    account = _account(session, estate_id, name)
    if account is None:
        raise InvalidInput(field="name", reason=f"there is no account {name}")
    account.password_hash, account.wrong_tries, account.next_try_at = _HASHER.hash(password), 0, None
    session.execute(delete(SignInRow).where(SignInRow.account_id == account.id))


def listing(session: Session, estate_id: str) -> list[Principal]:
    rows = session.scalars(
        select(AccountRow).where(AccountRow.estate_id == estate_id).order_by(AccountRow.name)
    )
    return [Principal(row.name, row.role, row.estate_id) for row in rows]


@dataclass(frozen=True)
class Checked:
    """A password that was compared with an account's; not counted yet."""

    account_id: int | None
    password_hash: str
    right: bool


@dataclass(frozen=True)
class Tried:
    """The result of a sign-in. It is returned, not raised, so that counted wrong tries are committed."""

    secret: str | None
    refused: SignInFailed | TooManyTries | None


def check_password(session: Session, estate_id: str, name: str, password: str) -> Checked:
    """Compare a password. Slow on purpose, so call it outside a write unit: guessing must not stop the watch."""
    account = _account(session, estate_id, name)
    password_hash = account.password_hash if account else _NOBODY
    return Checked(account.id if account else None, password_hash, _verify(password_hash, password))


def sign_in(session: Session, checked: Checked, lasts: timedelta, now: datetime) -> Tried:
    """Let somebody in whose password was right. Wrong ones are slowed down, never locked out."""
    if checked.account_id is None:
        return Tried(None, SignInFailed())
    account = session.get_one(AccountRow, checked.account_id, with_for_update=True)
    if account.next_try_at is not None and now < account.next_try_at:
        return Tried(None, TooManyTries(wait_s=int((account.next_try_at - now).total_seconds()) + 1))
    if account.disabled or not checked.right or account.password_hash != checked.password_hash:
        account.wrong_tries += 1
        over = account.wrong_tries - FREE_TRIES
        if over >= 0:
            account.next_try_at = now + timedelta(seconds=min(2.0 ** min(over, 10), LONGEST_WAIT_S))
        return Tried(None, SignInFailed())
    account.wrong_tries, account.next_try_at = 0, None
    secret = secrets.token_urlsafe(32)
    session.add(
        SignInRow(
            id_hash=_hash(secret),
            estate_id=account.estate_id,
            account_id=account.id,
            created_at=now,
            ends_at=now + lasts,
        )
    )
    return Tried(secret, None)


def signed_in(session: Session, secret: str, now: datetime) -> Principal | None:
    found = session.execute(
        select(SignInRow, AccountRow)
        .join(AccountRow, AccountRow.id == SignInRow.account_id)
        .where(SignInRow.id_hash == _hash(secret), SignInRow.ends_at > now, ~AccountRow.disabled)
    ).one_or_none()
    if found is None:
        return None
    account: AccountRow = found[1]
    return Principal(account.name, account.role, account.estate_id)


def sign_out(session: Session, secret: str) -> None:
    session.execute(delete(SignInRow).where(SignInRow.id_hash == _hash(secret)))


def create_token(session: Session, estate_id: str, name: str, role: Role, now: datetime) -> str:
    """Returns the token; it is shown once and only its hash is kept."""
    secret = "sw_" + secrets.token_urlsafe(32)
    session.add(TokenRow(estate_id=estate_id, name=name, token_hash=_hash(secret), role=role, created_at=now))
    return secret


def revoke_token(session: Session, estate_id: str, name: str, now: datetime) -> int:
    """Returns how many tokens of that name were in force."""
    rows = session.scalars(
        select(TokenRow).where(
            TokenRow.estate_id == estate_id, TokenRow.name == name, TokenRow.revoked_at.is_(None)
        )
    ).all()
    for row in rows:
        row.revoked_at = now
    return len(rows)


def bearer(session: Session, secret: str) -> Principal | None:
    row = session.scalars(
        select(TokenRow).where(TokenRow.token_hash == _hash(secret), TokenRow.revoked_at.is_(None))
    ).one_or_none()
    return None if row is None else Principal(row.name, row.role, row.estate_id)


def _account(session: Session, estate_id: str, name: str) -> AccountRow | None:
    return session.scalars(
        select(AccountRow).where(AccountRow.estate_id == estate_id, AccountRow.name == name)
    ).one_or_none()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
