"""The attacks are data: nothing may import one, not even to look for doctests."""

from tests.attacks.battle import battle

__all__ = ["battle"]
collect_ignore_glob = ["*/*"]
