"""The console script `shouwang`. It parses and prints; the work is done below."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from monitor import bootstrap
from monitor.clock import utc_now
from monitor.config.cameras import load_estate
from monitor.core.access import Role
from monitor.errors import ShouwangError
from monitor.heartbeat import Heartbeat
from monitor.workers import supervisor
from monitor.workers.pool import Child

app = typer.Typer(
    name="shouwang",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="""Shouwang (守望): a camera watch for housing estates.

    First steps: `shouwang demo` shows the sample estate. For real cameras: write cameras.yaml, `shouwang check`,
    `shouwang user create`, `shouwang up`.""",
)
user = typer.Typer(no_args_is_help=True, help="People who sign in at the desk.")
token = typer.Typer(no_args_is_help=True, help="Bearer tokens for programs.")
app.add_typer(user, name="user")
app.add_typer(token, name="token")

# Looking at pictures is what overloads a machine; watching, alerting and the desk come first.
INGEST_NICENESS = 5

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The camera file. [default: $SHOUWANG_CAMERAS_FILE or cameras.yaml]"),
]
RoleOption = Annotated[Role, typer.Option("--role", "-r", help="What they may do.")]


@contextmanager
def _told() -> Iterator[None]:
    """Our own errors are sentences for people: print them and end with 1."""
    try:
        yield
    except ShouwangError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _use(config: Path | None) -> None:
    """Child processes read the same variable."""
    if config is not None:
        os.environ["SHOUWANG_CAMERAS_FILE"] = str(config)


@app.command()
def demo(
    minutes: Annotated[float, typer.Option(help="End by itself after this time; 0 runs until Ctrl-C.")] = 0,
    data: Annotated[Path, typer.Option(help="Folder for the demo's database and streams.")] = Path(
        "data/demo"
    ),
    port: Annotated[int, typer.Option(help="Port of the desk.")] = 8080,
) -> None:
    """Start the sample estate: 54 simulated cameras over real RTSP, 40 residents, and a story.

    The streams are drawn and encoded once and kept; later starts are quick.
    """
    from monitor.simulate import demo as sample
    from monitor.simulate.seed import seed

    with _told():
        bootstrap.require_free_port("127.0.0.1", port)  # before the last run's database goes
        ready = sample.prepare(data, port, typer.echo)
        os.environ.update(ready.environment)
        runtime = bootstrap.start(upgrade=True)
        photos = bootstrap.vision(runtime.settings).photos
        seed(runtime.database, runtime.estate, photos, ready.passwords, runtime.settings.steps(), utc_now())
        typer.echo(sample.welcome(ready, runtime.settings.public_url))
        runtime.database.dispose()
        servers = [Child(name, command, beats=False) for name, command in ready.servers]
        children = supervisor.service(len(runtime.estate.cameras), runtime.settings.cameras_per_worker)
        supervisor.run([*servers, *children], minutes * 60 or None)


@app.command()
def up(config: ConfigOption = None) -> None:
    """Run the whole service on real cameras: ingest, watch, API and desk."""
    _use(config)
    with _told():
        runtime = bootstrap.start(upgrade=True)
        bootstrap.require_free_port(runtime.settings.host, runtime.settings.port)
        runtime.database.dispose()
        cameras = sum(camera.enabled for camera in runtime.estate.cameras)
        typer.echo(f"{runtime.estate.name}: {cameras} cameras. The desk: {runtime.settings.public_url}")
        supervisor.run(supervisor.service(cameras, runtime.settings.cameras_per_worker))


@app.command()
def ingest(
    group: Annotated[str, typer.Option(help="Which part of the cameras, such as 2/6.")] = "1/1",
    config: ConfigOption = None,
) -> None:
    """Read cameras and write sightings and visits. `shouwang up` starts several of these."""
    heartbeat, stop = Heartbeat(), supervisor.stop_on_signal()
    os.nice(INGEST_NICENESS)
    _use(config)
    with _told():
        bootstrap.ingest(bootstrap.start(), group).run(stop, heartbeat)


@app.command()
def watch(config: ConfigOption = None) -> None:
    """Find who is overdue and which camera is blind, and send what alerts owe. `shouwang up` starts one."""
    heartbeat, stop = Heartbeat(), supervisor.stop_on_signal()
    _use(config)
    with _told():
        bootstrap.watch(bootstrap.start()).run(stop, heartbeat)


@app.command()
def api(config: ConfigOption = None) -> None:
    """Serve the API, the event stream and the desk. `shouwang up` starts one."""
    import uvicorn

    from monitor.config.settings import load_settings

    _use(config)
    with _told():
        settings = load_settings()
        uvicorn.run(
            "api.app:create_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            log_config=None,  # uvicorn's own handlers would bypass the filter that masks passwords
            access_log=False,
            timeout_graceful_shutdown=3,
        )


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The camera file.")] = Path("cameras.yaml")) -> None:
    """Name file, line and key of every mistake in a camera file. Opens no network."""
    with _told():
        estate = load_estate(file, os.environ)
        typer.echo(f"{file}: {estate.name}, {len(estate.cameras)} cameras, no mistakes.")


@app.command()
def enrol(
    photos: Annotated[list[Path], typer.Argument(help="One to ten photos with one face each.")],
    name: Annotated[str, typer.Option("--name", help="The resident's name.")],
    flat: Annotated[str | None, typer.Option("--flat", help="Building-unit-room, such as 3-2-501.")] = None,
    watched: Annotated[
        bool, typer.Option("--watch", help="Notice when this resident is not seen for a set time.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Enrol a resident who has SIGNED the consent form; today's date is recorded as the day of consent."""
    _use(config)
    with _told():
        runtime = bootstrap.start(upgrade=True)
        report = bootstrap.enrol(runtime, name, flat, watched, photos)
        for line in report.lines:
            typer.echo(line)
        if not report.kept:
            raise typer.Exit(1)


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
    from monitor.services import accounts

    _use(config)
    with _told():
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
    from monitor.services import accounts

    _use(config)
    with _told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            accounts.set_password(session, runtime.estate.id, name, password)
    typer.echo(f"{name} has a new password.")


@user.command("list")
def user_list(config: ConfigOption = None) -> None:
    """List the accounts."""
    from monitor.services import accounts

    _use(config)
    with _told():
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
    from monitor.services import accounts

    _use(config)
    with _told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            typer.echo(accounts.create_token(session, runtime.estate.id, name, role, utc_now()))


@token.command("revoke")
def token_revoke(
    name: Annotated[str, typer.Argument(help="The token's name.")], config: ConfigOption = None
) -> None:
    """Make every token of this name useless."""
    from monitor.services import accounts

    _use(config)
    with _told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            count = accounts.revoke_token(session, runtime.estate.id, name, utc_now())
    typer.echo(f"{count} token(s) revoked.")


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Bring the database to the schema of this version. Interrupted, it leaves the old or the new one."""
    _use(config)
    with _told():
        bootstrap.start(upgrade=True)
    typer.echo("The database is up to date.")


if __name__ == "__main__":
    sys.exit(app())
