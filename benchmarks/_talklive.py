"""Talking live, measured from outside: `frameloom talk live` in a process of its own, its page in headless Chromium.

    Enter --> first sample that is scheduled          --> first picture with a moved mouth, after its paint
    what is heard and what is seen while it speaks: how far both are apart

Every second line comes while the one before is still spoken, which is faded first: these stand by themselves.

The page measures all of it (service/talk/page/figures.js), from the browser's time stamp of the key. Where a machine is
busy, both wait for their turn: what they computed meanwhile, server and browser, is told beside it, as is how long the
server's threads were ready and had to wait (Linux's schedstat).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from _record import Bar, Row, at_most, row

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
BAR_MS = 300
LINES = (
    "Good evening, and welcome to the programme.",
    "What a lovely day it is today.",
    "I think that we should go now, before it is too late.",
    "Yes.",
    "This sentence has no comma at all and still goes on for quite a while until it ends.",
)
SPOKEN_MS, QUIET_MS = 1500, 300
"""After which a line comes in between, and how long it is quiet before all others."""
BETWEEN = 2


class Used(NamedTuple):
    """What processes took of the machine, in ms."""

    ran: float
    waited: float


@contextmanager
def serving(*words: str) -> Iterator[tuple[str, int]]:
    """Run the command until the block ends; gives the page's address and the server's process."""
    command = [sys.executable, "-m", "frameloom", "talk", "live", "--port", "0", "--no-open", "--json", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said:
                raise SystemExit(f"{' '.join(command)} ended with {process.wait()}")
            yield json.loads(said)["address"], process.pid
        finally:
            process.terminate()
            process.wait(60)


def used(root: int) -> Used:
    """Return what a process and all it started took so far."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(place.parent.name)] = int(place.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {root}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    ran = waited = 0
    for one in family:
        for place in Path(f"/proc/{one}/task").glob("*/schedstat"):
            try:
                ran_ns, waited_ns, _ = map(int, place.read_text().split())
            except OSError:
                continue
            ran, waited = ran + ran_ns, waited + waited_ns
    return Used(ran / 1e6, waited / 1e6)


def wait_for(page: Page, holds: str) -> None:
    """Wait until something holds on the page."""
    while not page.evaluate(holds):
        page.wait_for_timeout(50)


def live(lines: int = 40, voice: str = "auto") -> tuple[list[Row], list[Bar]]:
    """Return rows and bars: time to the first sound and the first moved mouth, and how far both are apart."""
    servers: list[Used] = []
    browsers: list[float] = []
    between: list[bool] = []
    with serving("--voice", voice) as (address, server), sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": 1280, "height": 800})
        chromium = _child(server)
        page.goto(address)
        wait_for(page, "window.frameloom?.state.drawn > 10")
        for number in range(lines):
            page.fill("#line", LINES[number % len(LINES)])
            page.wait_for_timeout(200)
            between.append(page.evaluate("!!frameloom.state.speaking"))
            before = used(server), used(chromium)
            page.keyboard.press("Enter")
            wait_for(page, f"window.frameloom.figures.mouth.length > {number}")
            after = used(server), used(chromium)
            servers.append(Used(after[0].ran - before[0].ran, after[0].waited - before[0].waited))
            browsers.append(after[1].ran - before[1].ran)
            if number % BETWEEN == BETWEEN - 1:
                page.wait_for_timeout(SPOKEN_MS)
                continue
            wait_for(page, "!frameloom.state.speaking")
            page.wait_for_timeout(QUIET_MS)
        sound, mouth, apart = page.evaluate("(({ sound, mouth, apart }) => [sound, mouth, apart])(frameloom.figures)")
        step = page.evaluate("frameloom.state.step / frameloom.sound.rate")
        started.close()
    note = f"{len(between) - sum(between)} lines into silence, voice {voice}, headless Chromium"
    late = [value for value, is_between in zip(sound, between, strict=True) if is_between]
    sound, mouth = (
        [value for value, is_between in zip(values, between, strict=True) if not is_between]
        for values in (sound, mouth)
    )
    off = [1000 * abs(each) for each in apart]
    told = "the line before is faded within 120 ms, and 80 ms are silent"
    in_between = [row("live: Enter to first sound, in between", "ms", late, told)] if late else []
    rows = [
        row("live: Enter to first sound", "ms", sound, note),
        row("live: Enter to first moved mouth", "ms", mouth, note),
        *in_between,
        row("live: server computes until then", "ms", [each.ran for each in servers], "until the moved mouth was seen"),
        row("live: server waits for a core until then", "ms", [each.waited for each in servers], "all its threads"),
        row("live: browser computes until then", "ms", browsers, "all its processes"),
        row("live: sound and mouth apart", "ms", off, f"a picture stays {1000 * step:g} ms"),
    ]
    between_bars = [at_most("live: first sound in between, 95 %", _most(late), "ms", BAR_MS)] if late else []
    bars = [
        *between_bars,
        at_most("live: first sound, 95 %", _most(sound), "ms", BAR_MS),
        at_most("live: first moved mouth, 95 %", _most(mouth), "ms", BAR_MS),
        at_most("live: sound and mouth apart, 95 %", _most(off), "ms", 1000 * step),
    ]
    return rows, bars


def _most(values: list[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]


def _child(server: int) -> int:
    """Return the process from which the browser's others come: of this one's children, not the server."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return next(int(one) for one in children if int(one) != server)


if __name__ == "__main__":
    for part in live(*map(int, sys.argv[1:2])):
        for line in part:
            print(line)
