"""Small programs for the tests of the house to find."""

from __future__ import annotations

from pathlib import Path


def put_on_path(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program
