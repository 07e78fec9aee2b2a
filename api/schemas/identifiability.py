"""Whether a camera can identify, and the figures that say so."""

from datetime import datetime

from pydantic import Field

from api.schemas.fields import View
from monitor.core.identifiability import CameraVerdict, IecClass, Light
from monitor.core.quality import Flaw


class AdviceOut(View):
    flaw: Flaw = Field(description="What is wrong with most of the faces.", examples=["small"])
    share: float = Field(description="Of the passes that were not good.", examples=[0.92])
    width_px: int = Field(description="How wide faces are.", examples=[38])
    needed_px: int = Field(description="How wide they should be.", examples=[60])
    factor: float = Field(description="How many times wider that is.", examples=[1.6])


class FiguresOut(View):
    verdict: CameraVerdict = Field(description="can, cannot or not_yet_known.", examples=["cannot"])
    days: int = Field(description="How many days back were looked at.", examples=[3])
    passes: int = Field(description="People who passed.", examples=[112])
    good: int = Field(description="Those seen clearly enough to identify.", examples=[9])
    share: float = Field(description="The same as a share.", examples=[0.08])
    median_px: int = Field(description="Half of the widest faces are at most this wide.", examples=[38])
    widest_tenth_px: int = Field(description="Nine of ten are at most this wide.", examples=[51])
    px_per_m: float = Field(description="Density of the median face, 0.16 m wide.", examples=[237.5])
    iec: IecClass = Field(description="Its class after IEC 62676-4:2014.", examples=["recognise"])
    advice: list[AdviceOut] = Field(description="What helps, the most frequent flaw first.")


class HourOfDayOut(View):
    hour: int = Field(description="O'clock at the estate.", examples=[18])
    passes: int = Field(description="People who passed.", examples=[31])
    good: int = Field(description="Those seen clearly enough.", examples=[3])


class WidthOut(View):
    from_px: int = Field(description="Faces from this width, to ten pixels more.", examples=[30])
    passes: int = Field(description="People who passed.", examples=[64])


class IdentifiabilityOut(View):
    camera: str = Field(description="The camera's id.", examples=["gate-east-1"])
    identifies: bool = Field(description="What cameras.yaml says.", examples=[True])
    verdict: CameraVerdict = Field(
        description="What was measured. Only a camera that identifies and can gives evidence of life.",
        examples=["not_at_night"],
    )
    since: datetime | None = Field(description="Since when it is so.", examples=["2026-11-23T06:00:00Z"])
    days: int = Field(description="How many days `hours` and `widths` cover.", examples=[7])
    passes: int = Field(description="People who passed in these days.", examples=[412])
    needed_passes: int = Field(description="So many in one light are needed for a verdict.", examples=[20])
    needed_px: int = Field(description="How wide faces should be.", examples=[60])
    lights: dict[Light, FiguresOut] = Field(description="By day and at night (19 to 6 o'clock).")
    hours: list[HourOfDayOut] = Field(description="By hour of day.")
    widths: list[WidthOut] = Field(description="By the widest face of each pass.")
