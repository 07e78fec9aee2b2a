"""The console script `shouwang`. It parses and prints; the work is done below.

What loads networks and video (`bootstrap`) is imported in the commands that need it: it takes two seconds.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.clock import utc_now
from monitor.commands import accounts, cameras, enrolment, recognition, replay
from monitor.commands.options import ConfigOption, told, use
from monitor.heartbeat import Heartbeat

app = typer.Typer(
    name="shouwang",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="""Shouwang (守望): a camera watch for housing estates.

    First steps: `shouwang demo` shows the sample estate. For real cameras: write cameras.yaml, `shouwang check`,
    `shouwang user create`, `shouwang up`.""",
)
app.add_typer(enrolment.app)
app.add_typer(recognition.app)
app.add_typer(replay.app)
app.add_typer(cameras.app, name="cameras")
app.add_typer(accounts.user, name="user")
app.add_typer(accounts.token, name="token")

# Looking at pictures is what overloads a machine; watching, alerting and the desk come first.
INGEST_NICENESS = 5


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
    from monitor import bootstrap
    from monitor.simulate import demo as sample
    from monitor.simulate.seed import seed
    from monitor.workers import supervisor
    from monitor.workers.pool import Child

    with told():
        bootstrap.require_free_port("127.0.0.1", port)  # before the last run's database goes
        ready = sample.prepare(data, port, typer.echo)
        os.environ.update(ready.environment)
        runtime = bootstrap.start(upgrade=True)
        photos = bootstrap.vision(runtime.settings).photos
        seed(
            runtime.database,
            runtime.estate,
            photos,
            ready.passwords,
            runtime.enrolment_defaults,
            utc_now(),
        )
        typer.echo(sample.welcome(ready, runtime.settings.public_url))
        runtime.database.dispose()
        servers = [Child(name, command, beats=False) for name, command in ready.servers]
        children = supervisor.service(len(runtime.estate.cameras), runtime.settings.cameras_per_worker)
        supervisor.run([*servers, *children], minutes * 60 or None)


@app.command()
def up(config: ConfigOption = None) -> None:
    """Run the whole service on real cameras: ingest, watch, API and desk."""
    from monitor import bootstrap
    from monitor.workers import supervisor

    use(config)
    with told():
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
    from monitor import bootstrap
    from monitor.workers import supervisor

    heartbeat, stop = Heartbeat(), supervisor.stop_on_signal()
    os.nice(INGEST_NICENESS)
    use(config)
    with told():
        bootstrap.ingest(bootstrap.start(), group).run(stop, heartbeat)


@app.command()
def watch(config: ConfigOption = None) -> None:
    """Find who is overdue and which camera is blind, and send what alerts owe. `shouwang up` starts one."""
    from monitor import bootstrap
    from monitor.workers import supervisor

    heartbeat, stop = Heartbeat(), supervisor.stop_on_signal()
    use(config)
    with told():
        bootstrap.watch(bootstrap.start()).run(stop, heartbeat)


@app.command()
def api(config: ConfigOption = None) -> None:
    """Serve the API, the event stream and the desk. `shouwang up` starts one."""
    import uvicorn

    from monitor.config.settings import load_settings

    use(config)
    with told():
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
    from monitor.config import passwords
    from monitor.config.camera_file import CameraFile
    from monitor.config.settings import load_settings

    with told():
        beside = load_settings().data_dir / passwords.FILE
        estate = CameraFile(file, beside, os.environ).load()
        typer.echo(f"{file}: {estate.name}, {len(estate.cameras)} cameras, no mistakes.")


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Bring the database to the schema of this version. Interrupted, it leaves the old or the new one."""
    from monitor import bootstrap

    use(config)
    with told():
        bootstrap.start(upgrade=True)
    typer.echo("The database is up to date.")


if __name__ == "__main__":
    sys.exit(app())
