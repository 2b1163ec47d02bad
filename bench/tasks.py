"""What the tag's script costs the main thread of a page, in processor time: read from a trace of the browser.

A task is the tag's if the tag's script runs in it. Of such a task counts what the script does there: from where the browser
enters it (a function, a script, a module, the promises that are settled) until it leaves, with the layout it forces. What
the browser does in the same task by itself, as parsing the page or leaving it, would be done without the tag. A trace does
not say whose promises are settled, so all of them are taken for the tag's that no other script is entered for.

Processor time and not time on the clock, so that a machine that does other things as well measures the same; what a slower
processor is emulated by is processor time too. Waiting for other processes (storage, cookies) is not in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from playwright.sync_api import Browser, Page

OURS = "/sk/"
CATEGORIES = ["toplevel", "devtools.timeline", "v8", "v8.execute", "disabled-by-default-devtools.timeline"]
ENTRIES = {"FunctionCall", "EvaluateScript", "RunMicrotasks", "v8.compile", "v8.compileModule", "v8.evaluateModule"}

Event = dict[str, Any]


def longest_task(browser: Browser, page: Page, act: Callable[[], None]) -> float:
    """Milliseconds of the processor in the longest of the tag's tasks while something is done with the page."""
    session = browser.new_browser_cdp_session()
    found: list[Event] = []
    ended: list[Event] = []
    session.on("Tracing.dataCollected", lambda said: found.extend(said["value"]))
    session.on("Tracing.tracingComplete", lambda said: ended.extend([said]))
    session.send("Tracing.start", {"traceConfig": {"includedCategories": CATEGORIES}, "transferMode": "ReportEvents"})
    act()
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    session.detach()
    return max(_parts(found), default=0.0)


def _parts(events: Sequence[Event]) -> Iterator[float]:
    """The tag's part of each task of main threads, in milliseconds."""
    main = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    threads: dict[tuple[int, int], list[Event]] = defaultdict(list)
    for each in events:
        thread = (each["pid"], each["tid"])
        if each["ph"] == "X" and thread in main and "tdur" in each:
            threads[thread].append(each)
    for spans in threads.values():
        yield from _of_thread(sorted(spans, key=lambda each: (each["ts"], -each["dur"])))


def _of_thread(spans: Sequence[Event]) -> Iterator[float]:
    task_ends = entry_ends = -1
    part = 0.0
    for each in spans:
        if each["ts"] >= task_ends:
            yield part / 1000
            part, task_ends = 0.0, each["ts"] + each["dur"]
        if each["name"] in ENTRIES and each["ts"] >= entry_ends:
            # Whatever is entered inside of this one belongs to it.
            entry_ends = each["ts"] + each["dur"]
            part += each["tdur"] if each["name"] == "RunMicrotasks" or OURS in _address(each) else 0
    yield part / 1000


def _address(event: Event) -> str:
    said = event["args"].get("data") or event["args"]
    return str(said.get("url") or said.get("fileName") or "")
