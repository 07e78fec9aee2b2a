"""Times as people read them: a clock in the estate's zone, and an age that the browser keeps ticking."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.desk.text import Catalogue


@dataclass(frozen=True)
class Times:
    """`now` is when the page was drawn."""

    words: Catalogue
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def clock(self, moment: datetime) -> str:
        """14:02 today, "yesterday 14:02", else with the date."""
        local = moment.astimezone(self.zone)
        if local.date() == self.today:
            return f"{local:%H:%M}"
        if local.date() == self.today - timedelta(days=1):
            return self.words.yesterday.format(clock=f"{local:%H:%M}")
        return local.strftime(self.words.day)

    def day(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).strftime(self.words.day_and_year)

    def last_day(self, end: datetime) -> str:
        """The last day of a term. One that ends at midnight ends with the day before."""
        local = end.astimezone(self.zone)
        if local.time() == time():
            return self.day(end - timedelta(seconds=1))
        return f"{self.day(end)} {local:%H:%M}"

    def ago(self, moment: datetime) -> str:
        """The same steps as `ago` in desk.js, for the first picture of the page."""
        seconds = max(0, int((self.now - moment).total_seconds()))
        if seconds < 60:
            return self.words.ago_s.format(n=seconds)
        if seconds < 3600:
            return self.words.ago_min.format(n=seconds // 60)
        if seconds < 2 * 86400:
            return self.words.ago_h.format(n=seconds // 3600)
        return self.words.ago_d.format(n=seconds // 86400)

    def hours(self, hours: float) -> str:
        return self.words.hours.format(n=f"{hours:g}")
