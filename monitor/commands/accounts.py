"""Commands for people who sign in and for programs. They parse and print; the work is done below."""

from typing import Annotated

import typer

from monitor.clock import utc_now
from monitor.commands.options import ConfigOption, told, use
from monitor.core.access import Role

user = typer.Typer(no_args_is_help=True, help="People who sign in at the desk.")
token = typer.Typer(no_args_is_help=True, help="Bearer tokens for programs.")

RoleOption = Annotated[Role, typer.Option("--role", "-r", help="What they may do.")]


@user.command("create")
def user_create(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: RoleOption,
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="SHOUWANG_NEW_PASSWORD",
            help="At least 12 characters; asked for when not given.",
        ),
    ],
    config: ConfigOption = None,
) -> None:
    """Create an account."""
    from monitor import bootstrap
    from monitor.services import accounts

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            accounts.create_account(session, runtime.estate.id, name, password, role, utc_now())
    typer.echo(f"{name} can sign in at {runtime.settings.public_url} as {role.value}.")


@user.command("password")
def user_password(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="SHOUWANG_NEW_PASSWORD"),
    ],
    config: ConfigOption = None,
) -> None:
    """Set a new password; every browser of this account has to sign in again."""
    from monitor import bootstrap
    from monitor.services import accounts

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            accounts.set_password(session, runtime.estate.id, name, password)
    typer.echo(f"{name} has a new password.")


@user.command("list")
def user_list(config: ConfigOption = None) -> None:
    """List the accounts."""
    from monitor import bootstrap
    from monitor.services import accounts

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.reader() as session:
            for principal in accounts.listing(session, runtime.estate.id):
                typer.echo(f"{principal.name}  {principal.role.value}")


@token.command("create")
def token_create(
    role: RoleOption,
    name: Annotated[str, typer.Option(help="What the token is for.")] = "program",
    config: ConfigOption = None,
) -> None:
    """Print a new bearer token. It is shown this once; only its hash is kept."""
    from monitor import bootstrap
    from monitor.services import accounts

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            typer.echo(accounts.create_token(session, runtime.estate.id, name, role, utc_now()))


@token.command("revoke")
def token_revoke(
    name: Annotated[str, typer.Argument(help="The token's name.")], config: ConfigOption = None
) -> None:
    """Make every token of this name useless."""
    from monitor import bootstrap
    from monitor.services import accounts

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            count = accounts.revoke_token(session, runtime.estate.id, name, utc_now())
    typer.echo(f"{count} token(s) revoked.")
