"""Tests of one page follow each other: what the page has computed for one of them is still on its shelf for the next."""

from pathlib import Path

import pytest

from .harness import PAGES

HERE = Path(__file__).parent


def _page(item: pytest.Item) -> str | None:
    """The page that a test is asked of, if it is asked of several."""
    found: str | None = item.callspec.params.get("page") if hasattr(item, "callspec") else None
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort what is asked of pages by page; two workers that share the tests share few of the pages."""
    places = [i for i, item in enumerate(items) if item.path.parent == HERE and _page(item) in PAGES]
    ordered = sorted((items[i] for i in places), key=lambda item: PAGES.index(str(_page(item))))
    for i, item in zip(places, ordered, strict=True):
        items[i] = item
