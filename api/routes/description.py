"""The API's own description, for who is signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request

from api.auth import allowed
from monitor.core.access import Action
from monitor.services.accounts import Principal

router = APIRouter(tags=["description"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_CAMERAS))]


@router.get("/openapi.json", summary="This API as OpenAPI 3.1")
async def openapi(request: Request, _viewer: Viewer) -> dict[str, Any]:
    app: FastAPI = request.app
    return app.openapi()
