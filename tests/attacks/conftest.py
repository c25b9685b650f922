"""The attacks are data: nothing may import one, not even to look for doctests."""

collect_ignore_glob = ["*/*"]
