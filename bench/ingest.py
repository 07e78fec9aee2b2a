"""What it costs to watch 54 cameras, and what is missed: three pipelines on the same streams, one after the other.

    python bench/ingest.py --minutes 5            (three measurements of 5 minutes; streams are drawn once, 2 minutes)
    python bench/ingest.py --idle                 nobody passes
    python bench/ingest.py --json                 the same figures for machines

shouwang    the service's own ingest processes
decode-all  an ffmpeg process a camera decodes everything, a detector looks at 5 frames a second (needs ffmpeg)
tutorial    OpenCV's VideoCapture and face_recognition

The cameras are the project's RTSP server with six drawn clips in turn, each camera at a moment of its own: 1080p15 at
2 Mbit/s and 640x360 at 5 fps, somebody in view for 15 % of the time. A pass is found when a pipeline says anything of
its camera from its start until 5 s after its end; the time to the event runs from the first frame whose face is 64 px
wide. The other pipelines run on as many cameras as the machine can bear; their figures are scaled to the estate.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.pipelines import compare, decode_all, ours, passes, report, streams, tutorial
from bench.pipelines.found import Outcome
from bench.pipelines.passes import Camera, Shown
from bench.pipelines.served import Server, serve

DECODE_ALL, TUTORIAL = "decode-all", "tutorial"
# What two cores bear: beyond it frames are left out, and the cost of a camera looks smaller than it is.
DECODE_ALL_CAMERAS, TUTORIAL_CAMERAS = 12, 3


def main() -> None:
    given = _arguments()
    if DECODE_ALL in given.only and shutil.which("ffmpeg") is None:
        sys.exit("ffmpeg is not installed: `apt-get install ffmpeg`, or leave it out with --only")
    data: Path = given.data.resolve()
    made = passes.clips(idle=given.idle)
    folder, clear = streams.make(data, made, _say)
    estate = passes.cameras(given.cameras, made)

    def shown(cameras: Sequence[Camera], from_s: float, to_s: float) -> list[Shown]:
        return passes.shown(cameras, clear, from_s, to_s)

    outcomes: list[Outcome] = []
    with serve(folder, data / "server.log") as server:
        for pipeline in given.only:
            _say(f"{pipeline}: {given.minutes:g} min, and what it takes to start")
            outcomes.append(_run(pipeline, data / "run", estate, server, shown, given.minutes * 60))
    if given.json:
        print(json.dumps(report.as_json(outcomes, given.minutes), indent=1))
    else:
        report.show(outcomes, given.minutes, streams.told(folder, made))
    plot = given.plot or data / ("idle.png" if given.idle else "ingest.png")
    report.plot(outcomes, plot)
    _say(f"The plot is in {plot}.")


def _run(
    pipeline: str,
    folder: Path,
    estate: Sequence[Camera],
    server: Server,
    shown: compare.Shows,
    lasts_s: float,
) -> Outcome:
    if pipeline == ours.NAME:
        return ours.run(folder / pipeline, estate, server, shown, lasts_s)
    child = {
        DECODE_ALL: compare.Child(DECODE_ALL, decode_all.__name__, DECODE_ALL_CAMERAS, decode_all.FPS),
        TUTORIAL: compare.Child(
            TUTORIAL, tutorial.__name__, TUTORIAL_CAMERAS, streams.MAIN_FPS / tutorial.EVERY
        ),
    }[pipeline]
    return compare.run(child, folder / pipeline, estate, server, shown, lasts_s)


def _arguments() -> argparse.Namespace:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    pipelines = (ours.NAME, DECODE_ALL, TUTORIAL)
    given.add_argument("--cameras", type=int, default=54, help="of the estate")
    given.add_argument("--minutes", type=float, default=5, help="measured for each pipeline")
    given.add_argument("--idle", action="store_true", help="nobody passes")
    given.add_argument("--json", action="store_true", help="print JSON")
    given.add_argument("--only", nargs="+", choices=pipelines, default=pipelines, help="some pipelines")
    given.add_argument("--data", type=Path, default=Path("data/bench-ingest"), help="streams and logs")
    given.add_argument("--plot", type=Path, help="a PNG; default: in the data folder")
    return given.parse_args()


def _say(line: str) -> None:
    """Progress; standard output is for the figures."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
