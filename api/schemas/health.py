"""Whether the service is up and ready."""

from typing import Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    status: Literal["ok"] = Field("ok", description="The only answer there is.", examples=["ok"])
