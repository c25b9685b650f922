"""A bar that shows how far a loop is: tqdm's, or none where tqdm is not installed."""

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["tqdm"]


class _NoBar:
    """Takes what tqdm takes, and shows nothing."""

    def __init__(self, items: Iterable[Any] = (), **_: Any) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __enter__(self) -> "_NoBar":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


try:
    from tqdm.auto import tqdm  # type: ignore[import-untyped]
except ImportError:
    tqdm = _NoBar
