"""Headless Chromium, driven over a pipe by its DevTools protocol, without a library."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_PATIENCE = 30.0
_HERE = ("about:", "blob:", "data:", "file:")


class Page:
    """A page in a browser.

    Args:
        process: of the browser.
        send: where it is told what to do.
        hear: where it answers.
    """

    def __init__(self, process: subprocess.Popen[bytes], send: int, hear: int) -> None:
        self._process = process
        self._send = send
        self._hear = hear
        self._number = 0
        self._rest = b""
        self._session = ""
        self._requests: list[str] = []
        self._complaints: list[str] = []
        self._loaded = False
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for each in ("Page", "Network", "Runtime", "Log"):
            self._ask(f"{each}.enable")

    def open(self, path: Path, width: int, *, dark: bool = False, behind: str = "") -> None:
        """Load a file, as on a screen of that width and colour scheme; its address ends in `behind`."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._requests, self._complaints, self._loaded = [], [], False
        self._ask("Page.navigate", url=path.as_uri() + behind)
        while not self._loaded:
            self._take()

    @property
    def complaints(self) -> list[str]:
        """What the console said, of any level, since the page was opened."""
        self.run("0")
        return self._complaints

    @property
    def outside(self) -> list[str]:
        """What the page asked of others since it was opened."""
        self.run("0")
        return [each for each in self._requests if not each.startswith(_HERE)]

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, waited for where it is a promise."""
        done = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, such as `Tab` and `Enter`, one after the other."""
        for each in keys:
            code = {"Tab": 9, "Enter": 13}[each]
            text = {"text": "\r"} if each == "Enter" else {}
            for kind in ("keyDown", "keyUp"):
                more = text if kind == "keyDown" else {}
                self._ask(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=each,
                    code=each,
                    windowsVirtualKeyCode=code,
                    **more,
                )

    def picture(self, path: Path) -> None:
        """Write what the whole page looks like to a PNG file."""
        done = self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(done["data"]))

    def _ask(self, method: str, **parameters: object) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        wanted = self._number
        while True:
            said = self._take()
            if said.get("id") == wanted:
                assert "error" not in said, said
                return said["result"]

    def _take(self) -> Any:
        """The next thing that the browser says."""
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            ready = select.select([self._hear], [], [], max(until - time.monotonic(), 0))[0]
            assert ready, f"the browser says nothing; it ended with {self._process.poll()}"
            self._rest += os.read(self._hear, 1 << 20)
        line, _, self._rest = self._rest.partition(b"\0")
        said = json.loads(line)
        self._note(said.get("method"), said.get("params", {}))
        return said

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self._requests.append(told["request"]["url"])
        elif method == "Log.entryAdded":
            self._complaints.append(told["entry"]["text"])
        elif method in {"Runtime.exceptionThrown", "Runtime.consoleAPICalled"}:
            self._complaints.append(json.dumps(told))


@contextmanager
def browser(command: Sequence[str], folder: Path) -> Iterator[Page]:
    """A page in a fresh browser.

    Args:
        command: how the browser is called.
        folder: empty; it keeps its profile there.
    """
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    high = [fcntl.fcntl(each, fcntl.F_DUPFD, 20) for each in (theirs_in, theirs_out)]

    def connect() -> None:
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(
        [*command, *_OPTIONS, f"--user-data-dir={folder}"],
        pass_fds=(3, 4),
        preexec_fn=connect,  # noqa: PLW1509  the browser wants its pipes to have these numbers
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for each in (theirs_in, theirs_out, *high):
        os.close(each)
    try:
        yield Page(process, ours_out, ours_in)
    finally:
        process.kill()
        process.wait(_PATIENCE)
        for each in (ours_out, ours_in):
            with suppress(OSError):
                os.close(each)
