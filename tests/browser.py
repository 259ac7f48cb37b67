"""Headless Chromium without a network, for tests and for the picture in the README.

``python -m tests.browser PICTURE.html OUT.png [night|dusk|day] [en|fr]`` takes the picture at
1920x1080, with its latest alarm chosen.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
INSTALL = "sudo apt-get install chromium chromium-driver"
# In CI a missing browser must fail, not skip: the fixture then raises with the same command.
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and not os.environ.get("CI"),
    reason=f"no Chromium and chromedriver; install them with: {INSTALL}",
)
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-default-apps",
    # Nothing resolves, whatever the page or the browser itself asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


@contextmanager
def chromium(size: tuple[int, int] = (1600, 1000)) -> Iterator[webdriver.Chrome]:
    """A fresh browser, offline, that logs its console and every request."""
    if not (CHROMIUM and DRIVER):
        raise RuntimeError(f"no Chromium and chromedriver; install them with: {INSTALL}")
    options = Options()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            viewport(driver, *size)
            driver.execute_cdp_cmd("Network.enable", {})
            driver.execute_cdp_cmd(
                "Network.emulateNetworkConditions",
                {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
            )
            yield driver
        finally:
            driver.quit()


def open_page(driver: webdriver.Chrome, page: Path) -> None:
    """Load a file and wait until its first picture is drawn; logs start with the page."""
    driver.get("about:blank")
    requests(driver)
    complaints(driver)
    driver.get(page.resolve().as_uri())
    settle(driver)


def settle(driver: webdriver.Chrome) -> None:
    """Wait for two animation frames: what was asked for is then drawn."""
    driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"
    )


def requests(driver: webdriver.Chrome) -> list[str]:
    """Addresses that were asked for since the last call, the page and its data URIs aside."""
    messages = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    urls = [p["request"]["url"] for p in sent if p.get("type") != "Document"]
    return [url for url in urls if not url.startswith("data:")]


def complaints(driver: webdriver.Chrome) -> list[dict[str, Any]]:
    """What the console said since the last call: errors, warnings and refused resources."""
    return list(driver.get_log("browser"))


def viewport(driver: webdriver.Chrome, width: int, height: int) -> None:
    """What the page takes for the screen, in CSS pixels."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def _screenshot(page: Path, out: Path, palette: str = "night", language: str = "en") -> None:
    with chromium((1920, 1080)) as driver:
        open_page(driver, page)
        for choice, value in (("palette", palette), ("language", language)):
            driver.execute_script(
                "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
                "s.dispatchEvent(new Event('change'))",
                choice, value,
            )  # fmt: skip
        driver.execute_script(
            "(document.querySelector('#alerts .alarm') || document.querySelector('#alerts button'))"
            "?.click()"
        )
        settle(driver)
        time.sleep(0.3)
        shot = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    # The last bits of smoothed edges are most of the bytes.
    shot.point(lambda v: min(255, (v + 2) // 4 * 4)).save(out, optimize=True)


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        sys.exit("usage: python -m tests.browser PICTURE.html OUT.png [night|dusk|day] [en|fr]")
    _screenshot(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
