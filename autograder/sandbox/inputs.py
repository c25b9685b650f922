"""The inputs of a unit's cases on their way to a sandbox: public and secret ones, one parcel."""

from collections.abc import Mapping
from typing import Any

from autograder.student import wire

Cases = Mapping[str, list[dict[str, Any]]]
_SECRET = "secret "  # before an exercise's name
_LIMITS = wire.WireLimits(total_bytes=2**30, items=10**6)


def pack_inputs(public: Cases, secret: Cases) -> bytes:
    """Return both as bytes, each a dict of exercise → list of ``{"name": …, "inputs": …}``."""
    return wire.encode({**public, **{_SECRET + name: cases for name, cases in secret.items()}})


def split_inputs(inputs: bytes) -> tuple[bytes, bytes]:
    """Return the public and the secret cases in `inputs`, each encoded as a dict by exercise."""
    every = wire.decode(inputs, _LIMITS)
    public = {name: cases for name, cases in every.items() if not name.startswith(_SECRET)}
    secret = {name.removeprefix(_SECRET): every[name] for name in every if name not in public}
    return wire.encode(public), wire.encode(secret)
