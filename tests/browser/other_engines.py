"""Firefox and WebKitGTK with a page of the web folder open: what the tests need of them."""

import os
import shutil
import subprocess
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest
from percepnet.building.environment import MIN_FIREFOX, firefox_version
from playwright.sync_api import Error

FIREFOX = ("firefox-esr", "firefox")
LAUNCH_MS = 60_000
SCRIPT_S = 60
WITHOUT_ROOT = "without root, leave these tests out: pytest --ignore tests/browser/test_other_engines.py"
MINI_BROWSER = "webkit2gtk-4.?/MiniBrowser"  # beside other libraries; not on PATH


class Page(Protocol):
    def evaluate(self, function: str, argument: object) -> object:
        """What the JavaScript function, or its promise, gives."""


def need(*programs: str, packages: str) -> str:
    """Path of the first that is there; else the test fails and says what to install."""
    found = next(filter(None, map(shutil.which, programs)), None)
    return found or pytest.fail(f"{programs[0]} is missing: apt-get install {packages} (Debian); {WITHOUT_ROOT}")


@contextmanager
def firefox(playwright, address: str):
    """The page at the address in Firefox, by WebDriver BiDi."""
    path = need(*FIREFOX, packages="firefox-esr")
    if (version := firefox_version(path)) < MIN_FIREFOX:
        pytest.fail(f"Firefox {MIN_FIREFOX} or newer is needed, this is {version}: update it; {WITHOUT_ROOT}")
    options = {"channel": "moz-firefox", "executable_path": path, "timeout": LAUNCH_MS}
    try:
        browser = playwright.firefox.launch(**options)
    except Error:  # now and then the first start, which makes a profile, hangs
        browser = playwright.firefox.launch(**options)
    page = browser.new_page()
    page.goto(address)
    yield page
    browser.close()


@contextmanager
def screen():
    """Number of a virtual X display."""
    reader, writer = os.pipe()
    command = [need("Xvfb", packages="xvfb"), "-displayfd", str(writer), "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as number:
            display = number.readline().strip()
        try:
            yield f":{display}"
        finally:
            server.terminate()


class WebKitPage:
    """Page over Selenium's driver."""

    def __init__(self, driver):
        self.driver = driver

    def evaluate(self, function: str, argument: object = None) -> object:
        source = f"""const [argument, done] = arguments;
            ({function})(argument).then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"""
        result = self.driver.execute_async_script(source, argument)
        assert "error" not in result, result["error"]
        return result["value"]


@contextmanager
def webkit(_playwright, address: str):
    """The page at the address in WebKitGTK's MiniBrowser, by WebDriver."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    packages = "webkit2gtk-driver xvfb"
    driver_path = need("WebKitWebDriver", packages=packages)
    options = Options()
    options.binary_location = str(next(iter(sorted(Path("/usr/lib").glob(f"*/{MINI_BROWSER}"))), "MiniBrowser"))
    options.add_argument("--automation")
    with ExitStack() as stack:
        display = stack.enter_context(screen())
        # Containers cannot make the sandbox; the only page that is opened is ours.
        environment = os.environ | {"DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        driver = webdriver.WebKitGTK(options, Service(driver_path, env=environment))
        stack.callback(quit_quietly, driver)
        driver.set_script_timeout(SCRIPT_S)
        driver.get(address)
        yield WebKitPage(driver)


def quit_quietly(driver) -> None:
    from selenium.common.exceptions import WebDriverException

    with suppress(WebDriverException):  # the browser may be gone before it has answered
        driver.quit()


ENGINES = {"firefox": firefox, "webkit": webkit}
