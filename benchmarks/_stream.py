"""Steering live, measured from outside: `frameloom stream` in a process of its own, its page in headless Chromium.

    speed     frames drawn per second, and time from a key to its painted picture, over some hundred key presses
    memory    the server's resident memory after so many frames at full pace and after ten times as many

The latency is what the page itself shows (service/page/figures.js): from the browser's time stamp of the key event
until after the paint of the first frame made under it. Playwright sends the keys through Chromium's input.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from websockets.sync.client import connect

from _record import Bar, Row, at_least, row

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
KEYS = ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown")
WINDOW_S = 2.0
"""Over which the page counts its frames."""
_SERIAL = slice(0, 4)


@dataclass(frozen=True)
class Server:
    """A running `frameloom stream`."""

    address: str
    process: int

    @property
    def resident_mib(self) -> float:
        """Return its resident memory (VmRSS)."""
        lines = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@contextmanager
def serving(model: str, *words: str) -> Iterator[Server]:
    """Run the command until the block ends."""
    command = [sys.executable, "-m", "frameloom", "stream", model, "--port", "0", "--no-open", "--json", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said:
                raise SystemExit(f"{' '.join(command)} ended with {process.wait()}")
            yield Server(json.loads(said)["address"], process.pid)
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def page_at(address: str) -> Iterator[Page]:
    """Open the page in headless Chromium and wait until it plays."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        while not page.evaluate("window.frameloom?.state.step > 30"):
            page.wait_for_timeout(100)
        yield page
        browser.close()


def steering(model: str, presses: int, pace: str = "30") -> tuple[list[float], list[float]]:
    """Return frames drawn per second, again and again, and the latency in ms of each key pressed or let go."""
    rates: list[float] = []
    latencies: list[float] = []
    dice = random.Random(0)
    with serving(model) as server, page_at(server.address) as page:
        page.select_option("#pace", pace)
        page.wait_for_timeout(1000)
        page.evaluate("window.frameloom.figures.count = 0; window.frameloom.figures.latencies.length = 0")
        began = time.perf_counter()
        for press in range(presses):
            key = dice.choice(KEYS)
            page.keyboard.down(key)
            page.wait_for_timeout(dice.uniform(40, 160))  # at no fixed moment between two frames
            page.keyboard.up(key)
            page.wait_for_timeout(dice.uniform(40, 160))
            if time.perf_counter() - began >= WINDOW_S:
                rates.append(page.evaluate("window.frameloom.figures.rate"))
                began = time.perf_counter()
            if press % 100 == 99 or press == presses - 1:  # the page keeps the last 300 alone
                page.wait_for_timeout(500)
                latencies += page.evaluate("window.frameloom.figures.latencies.splice(0)")
    return rates, latencies


def memory(model: str, steps: int) -> tuple[float, float]:
    """Return the server's memory in MiB after so many frames at full pace, and after ten times as many."""
    with serving(model) as server, connect(server.address.replace("http", "ws") + "stream", compression=None) as socket:
        socket.send(json.dumps({"type": "pace", "rate": None}))
        found: list[float] = []
        for wanted in (steps, 10 * steps):
            serial = 0
            while serial < wanted:
                heard = socket.recv(60)
                if isinstance(heard, bytes):
                    serial = int.from_bytes(heard[_SERIAL], "little")
                    socket.send(json.dumps({"type": "seen", "serial": serial}))
            found.append(server.resident_mib)
    return found[0], found[1]


def streaming(model: str, presses: int = 300, steps: int = 1000) -> tuple[list[Row], list[Bar]]:
    """Return rows and bars of one steered model: the page's frames per second, its latency, the server's memory."""
    rates, latencies = steering(model, presses)
    before, after = memory(model, steps)
    if not latencies:
        raise SystemExit(f"{model}: no key was answered; is it steered?")
    rows = [
        row(f"{model}: frames drawn", "frames/s", rates, "page in headless Chromium, pace 30"),
        row(f"{model}: key to pixel", "ms", latencies, f"{presses} keys pressed and let go"),
        row(f"{model}: server's memory", "MiB", [before], f"after {steps} frames"),
        row(f"{model}: server's memory", "MiB", [after], f"after {10 * steps} frames"),
    ]
    # Paced at 30, a page draws 29.97 frames in a second that begins between two of them.
    slowest = sorted(latencies)[round(0.95 * (len(latencies) - 1))]
    growth = after / before - 1
    bars = [
        at_least(f"{model}: frames drawn", round(rows[0].median), "frames/s", 30),
        Bar(f"{model}: key to pixel, 95 %", round(slowest, 1), "ms", "<= 80", slowest <= 80),
        Bar(f"{model}: memory grown", round(100 * growth, 2), "%", "<= 2", growth <= 0.02),
    ]
    return rows, bars


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    for part in streaming(sys.argv[1], *map(int, sys.argv[2:4])):
        for line in part:
            print(line)
