"""RFC 9457 problem details: what every error looks like."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="Stable name of the problem, for programs.", examples=["urn:shouwang:problem:conflict"]
    )
    title: str = Field(description="The HTTP status in words.", examples=["Conflict"])
    status: int = Field(description="The HTTP status.", examples=[409])
    detail: str = Field(
        description="What happened and what to do, for people.",
        examples=["This alert is already taken by Olga. Load it again to see who changed it."],
    )


def _response(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": _response("The request cannot be served; the problem says why."),
    "5XX": _response("Something broke or is away; try again later."),
}
NOT_READY: dict[int | str, dict[str, Any]] = {503: _response("Not ready; `reasons` lists why.")}
