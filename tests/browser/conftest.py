"""What the browser tests share: one Chromium, and notebooks as learners leave them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import browser, find_chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not find_chromium():
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with browser() as running:
        yield running
