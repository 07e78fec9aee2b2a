"""Who looks at a page, and what a page works with."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from nicegui import ui
from sqlalchemy.orm import Session

from api import auth
from api.camera_edits import CameraEdits
from api.desk.text import Catalogue, catalogue, say
from api.desk.times import Times
from api.feed import Feed
from api.photos import Photos
from api.walks import Walks
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.access import Action, may
from monitor.errors import NotAllowed, ShouwangError
from monitor.services.accounts import Principal

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """The desk of one process."""

    app: FastAPI
    runtime: Runtime
    feed: Feed

    @property
    def photos(self) -> Photos:
        found: Photos = self.app.state.photos
        return found

    @property
    def camera_edits(self) -> CameraEdits:
        found: CameraEdits = self.app.state.camera_edits
        return found

    @property
    def walks(self) -> Walks:
        found: Walks = self.app.state.walks
        return found

    @property
    def estate_id(self) -> str:
        return self.runtime.estate.id

    async def read(self, query: Callable[[Session], T]) -> T:
        """Run a query beside the event loop. The session ends with it."""

        def run() -> T:
            with self.runtime.database.reader() as session:
                return query(session)

        return await asyncio.to_thread(run)

    async def write(self, command: Callable[[Session], T]) -> T:
        """Run one write unit beside the event loop."""

        def run() -> T:
            with self.runtime.database.writer() as session:
                return command(session)

        return await asyncio.to_thread(run)


@dataclass(frozen=True)
class Viewer:
    """A signed-in person looking at one page."""

    desk: Desk
    request: Request
    principal: Principal
    words: Catalogue

    @property
    def times(self) -> Times:
        return Times(self.words, ZoneInfo(self.desk.runtime.estate.time_zone), utc_now())

    def may(self, action: Action) -> bool:
        return may(self.principal.role, action)

    async def still_here(self) -> bool:
        """Whether the sign-in still holds; a page outlives it otherwise. Goes to the sign-in page if not."""
        principal = await asyncio.to_thread(auth.principal_of, self.desk.runtime, self.request)
        if principal != self.principal:
            ui.navigate.to(sign_in_address(self.request))
            return False
        return True

    async def change(self, action: Action, command: Callable[[Session], T], done: str = "") -> T | None:
        """Do what a button asks for, if this person still may; tell how it went. None when it was refused."""
        if not await self.still_here():
            return None
        try:
            if not self.may(action):
                raise NotAllowed(action=action.value)
            result = await self.desk.write(command)
        except ShouwangError as error:
            ui.notify(say(self.words, error), position="top")
            return None
        if done:
            ui.notify(done, position="top")
        return result


def words_of(request: Request) -> Catalogue:
    return catalogue(request.cookies, request.headers.get("accept-language", ""))


def sign_in_address(request: Request) -> str:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in?next=" + quote(here, safe="")
