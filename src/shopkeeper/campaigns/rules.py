"""Whether a campaign may be live at a moment, and whether a page is one it asks for. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.model.definitions import DAYS, Campaign, DayPart, Schedule, When
from shopkeeper.model.time import LATEST, parse_local, to_datetime


class Page(msgspec.Struct, frozen=True):
    """What is known of the page being shown."""

    type: str = ""
    url: str = ""
    product: str = ""
    category: str = ""


class Hours(NamedTuple):
    """A schedule with its ends as microseconds; None is open."""

    start: int | None
    end: int | None
    parts: tuple[DayPart, ...]


def hours(schedule: Schedule, zone: ZoneInfo) -> Hours:
    """The schedule in microseconds. Raises ValueError for what is not a time or ends before it begins."""
    start = parse_local(schedule.from_, zone) if schedule.from_ else None
    end = parse_local(schedule.until, zone) if schedule.until else None
    for text, moment in ((schedule.from_, start), (schedule.until, end)):
        if moment is not None and not 0 <= moment < LATEST:
            raise ValueError(f"{text} does not lie between the years 1970 and 9999")
    if start is not None and end is not None and end <= start:
        raise ValueError(f"until {schedule.until} is not after from {schedule.from_}")
    for part in schedule.day_parts:
        _minutes(part.from_)
        _minutes(part.until)
    return Hours(start, end, schedule.day_parts)


def schedule_state(campaign: Campaign, when: Hours, zone: ZoneInfo, now: int) -> str:
    """Empty when the campaign is live at `now`, else the reason why not in a few words."""
    if campaign.status != "published":
        return f"the campaign is {campaign.status}"
    if when.start is not None and now < when.start:
        return f"the campaign begins {to_datetime(when.start, zone):%Y-%m-%d %H:%M}"
    if when.end is not None and now >= when.end:
        return f"the campaign ended {to_datetime(when.end, zone):%Y-%m-%d %H:%M}"
    if when.parts and not any(_inside(part, zone, now) for part in when.parts):
        return "outside the campaign's hours"
    return ""


def page_fits(when: When, page: Page) -> str:
    """Empty when the page is one the communication asks for, else the reason why not."""
    if when.page_types and page.type not in when.page_types:
        return f"the page type is {page.type or 'unknown'}, not {' or '.join(when.page_types)}"
    if when.url and not fnmatchcase(_path(page.url), when.url):
        return f"the address does not match {when.url}"
    if when.categories and page.category not in when.categories:
        return f"the category is {page.category or 'unknown'}, not {' or '.join(when.categories)}"
    if when.products and page.product not in when.products:
        return "the product is not one of those asked for"
    return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError:  # a visitor's browser may say anything
        return "/"


def _inside(part: DayPart, zone: ZoneInfo, now: int) -> bool:
    moment = to_datetime(now, zone)
    minute = moment.hour * 60 + moment.minute
    start, end = _minutes(part.from_), _minutes(part.until)
    today, yesterday = DAYS[moment.weekday()], DAYS[moment.weekday() - 1]
    if start < end:
        return today in part.days and start <= minute < end
    return (today in part.days and minute >= start) or (yesterday in part.days and minute < end)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdigit() and minute.isdigit() and len(minute) == 2):
        raise ValueError(f"{text!r} is not a time of day such as 09:30")
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 24 * 60:
        raise ValueError(f"{text!r} is not a time of day such as 09:30")
    return total
