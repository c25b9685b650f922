"""A JPEG is taken for one if its parts say so up to the picture itself."""

import base64
import struct

import pytest

from autograder.grading.pictures import MAX_PICTURE_BYTES, is_whole_jpeg, picture_of


def jpeg(width: int = 2, height: int = 2) -> bytes:
    size = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"".join(
        (
            b"\xff\xd8",
            b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
            b"\xff\xc0" + struct.pack(">H", len(size) + 2) + size,
            b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00",
            b"\x00\xff\xd9",
        )
    )


def test_jpeg_of_a_sane_size_is_whole() -> None:
    assert is_whole_jpeg(jpeg())
    picture = picture_of(base64.b64encode(jpeg()).decode(), "image/jpeg")
    assert picture is not None
    assert picture.uri.startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xd9",
        jpeg()[:-1],
        jpeg() + b"<script>",
        jpeg(60_000, 60_000),
        jpeg(0, 3),
        jpeg().replace(b"\xff\xc0", b"\xff\xfe"),
        jpeg()[:-2] + b"\x00" * MAX_PICTURE_BYTES + b"\xff\xd9",
    ],
)
def test_jpeg_that_is_none_or_too_large_is_refused(data: bytes) -> None:
    assert not is_whole_jpeg(data)


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/png", "text/html", ""])
def test_picture_of_another_kind_than_it_says_is_refused(kind: str) -> None:
    assert picture_of(base64.b64encode(jpeg()).decode(), kind) is None


@pytest.mark.parametrize("encoded", [None, 3, "no base64!", ["a", 3], {"a": "b"}])
def test_picture_of_no_base64_is_refused(encoded: object) -> None:
    assert picture_of(encoded) is None
