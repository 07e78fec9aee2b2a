"""Name and password."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.schemas.fields import Line

Name = Annotated[Line, Field(max_length=100, description="The account's name.", examples=["Olga"])]
# Without a limit somebody could let us hash megabytes.
Password = Annotated[SecretStr, Field(max_length=1000, description="The account's password.")]


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
    password: Password
