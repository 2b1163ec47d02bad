"""The size of the tag as a browser fetches it, beside its peers, and what it costs a page.

Peers come from npm when it can be reached: their own browser bundles, or their modules minified, packed as ours is.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

import minify  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from bench.figure import Figure
from bench.tasks import longest_task
from shopkeeper.api.tag import TagFiles
from tests.chromium import NAMES

BYTES = 5 * 1024
LONG_MS = 50
SLOWER = 4
ROUNDS = 5
PEERS = {
    "@segment/analytics-next": ("dist/umd/index.js",),
    "posthog-js": ("dist/array.js",),
    "@growthbook/growthbook": ("dist/bundles/index.min.js",),
    "rudder-sdk-js": ("dist/npm/index.js", "index.js"),
    "plausible-tracker": ("build/module/lib/request.js", "build/module/lib/tracker.js", "build/module/index.js"),
}
"""Package -> the file a page loads (the first there is), or all the modules that make it up."""
MODULES = {"plausible-tracker"}
WATCH = """
    watched = {shift: 0, wait: 0};
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (watched.shift += entry.value)))
      .observe({type: 'layout-shift', buffered: true});
    const ours = ({sourceURL, invoker}) => /[/]sk[/]/.test(sourceURL + invoker);
    new PerformanceObserver((list) => list.getEntries().flatMap((entry) => entry.scripts).filter(ours)
      .forEach((script) => (watched.wait = Math.max(watched.wait, script.duration))))
      .observe({type: 'long-animation-frame', buffered: true});
"""


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """Sizes, compressed by gzip at its best; then the pages of the demo on a processor four times slower."""
    return [*_own(), *_peers(folder / "peers"), *_pages(folder / "demo")]


def _packed(text: bytes) -> int:
    return len(gzip.compress(text, 9, mtime=0))


def _own() -> Iterator[Figure]:
    tag = TagFiles()
    yield Figure("tag: core", "bytes gzip", tag.packed_size("t.js"), BYTES)
    for name in sorted(tag.names - {"t.js"}):
        yield Figure(f"tag: {name}, when used", "bytes gzip", tag.packed_size(name))
    yield Figure("tag: inline loader", "bytes", len(tag.loader.encode()), 400)


def _peers(folder: Path) -> Iterator[Figure]:
    npm = shutil.which("npm")
    if npm is None:
        return
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", *PEERS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"peers left out, npm failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return
    for package, names in PEERS.items():
        files = [path for name in names if (path := folder / "node_modules" / package / name).exists()]
        chosen = files if package in MODULES else files[:1]
        text = "\n".join(path.read_text(encoding="utf-8") for path in chosen)
        if package in MODULES:
            text = minify.string("application/javascript", text)
        if text:
            yield Figure(f"peer: {package}", "bytes gzip", _packed(text.encode()))


def _pages(data: Path) -> Iterator[Figure]:
    """What moves on the demo shop's pages, and the longest task of the tag."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        return
    command = [sys.executable, "-u", "-m", "shopkeeper.cli.main", "--data", str(data), "demo", "--port", "0"]
    with subprocess.Popen([*command, "--days", "0", "--rate", "0.1"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout, "opened as a pipe"
            shop = next(line for line in process.stdout if "/shop/" in line)
            start = shop[shop.index("http") :].split()[0]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                rounds = [_watched(browser, start) for _ in range(ROUNDS)]
                browser.close()
        finally:
            process.terminate()
    shift = max(page["shift"] for pages in rounds for page in pages)
    yield Figure("tag: layout shift in the demo", "", round(shift, 4), 0)
    for name, unit in (("work", "ms of the processor"), ("wait", "ms")):
        longest = max(median(page[name] for page in visits) for visits in zip(*rounds, strict=True))
        yield Figure(f"tag: longest task, processor {SLOWER}x slower", unit, round(longest, 1), LONG_MS)


def _watched(browser: Browser, start: str) -> list[dict[str, float]]:
    """What a new person meets on each of the first pages of the shop: layout `shift`, and the tag's longest task, in ms.

    `work` is what the task takes of the processor (see `bench/tasks.py`), `wait` is how long it lasts on the clock. That is
    what browsers say themselves of every frame over 50 ms ("long animation frames"): which script they called, and for
    how long, with the promises that it settled and the layout that it forced. A tag that is in none of these frames
    counts as 0. Of several persons the median counts, as a machine that does other things too stretches the clock.
    """
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    found = [_visit(browser, page, start)]
    links = page.eval_on_selector_all("main a[href]", "links => links.map((link) => link.getAttribute('href'))")
    found += [_visit(browser, page, urljoin(start, href)) for href in [*dict.fromkeys(links)][:3]]
    context.close()
    return found


def _visit(browser: Browser, page: Page, url: str) -> dict[str, float]:
    def look() -> None:
        page.goto(url)
        page.wait_for_timeout(3000)

    work = longest_task(browser, page, look)
    return {**page.evaluate("watched"), "work": work}
