"""The parser takes any bytes at all without an error, and believes none of them."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.inside.frames import HEADER, Kind
from autograder.sandbox.job import Cell, CellRun, Ending, Job, Limits, Run, Transcript
from autograder.sandbox.transcript import FrameReader, parse_transcript
from autograder.student import wire

JOB = Job("test", (Cell(0, ""), Cell(3, "", "exercise"), Cell(4, "", "other")))
LIMITS = Limits(cell_output_bytes=100, outputs_per_cell=5, output_bytes=2**20, answer_bytes=50)
END = wire.encode(["", "", ""])


def frame(kind: int, cell: int = 0, payload: bytes = b"") -> bytes:
    return HEADER.pack(kind, cell, len(payload)) + payload


def honest(*outputs: bytes, answers: tuple[bytes, ...] = (b"answers",)) -> bytes:
    first = frame(Kind.CELL_BEGINS, 0) + b"".join(outputs) + frame(Kind.CELL_ENDS, 0, END)
    check = frame(Kind.CELL_BEGINS, 3)
    check += b"".join(frame(Kind.ANSWERS, 3, bundle) for bundle in answers)
    check += frame(Kind.CELL_ENDS, 3, END)
    other = frame(Kind.CELL_BEGINS, 4) + frame(Kind.CELL_ENDS, 4, END)
    finish = frame(Kind.FINISHED, 0, wire.encode(""))
    return frame(Kind.READY) + first + check + other + finish


def parse(raw: bytes, ending: Ending = Ending.DONE) -> Run:
    return parse_transcript(Transcript(raw, ending, "detail", 0.5, 1.0), JOB, LIMITS)


def test_honest_transcript_is_read_in_full() -> None:
    run = parse(honest(frame(Kind.STDOUT, 0, b"a"), frame(Kind.STDOUT, 0, b"b")))
    assert run.ending is Ending.DONE
    assert run.irregular == ()
    assert [output.data for output in run.cells[0].outputs] == ["ab"]
    assert run.cells[3] == CellRun(3, (), (b"answers",), True)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(raw: bytes) -> None:
    run = parse(raw)
    assert run.ending is Ending.SETUP or run.cells == {} or raw[:1] == bytes([Kind.READY])


_FRAMES = st.lists(
    st.builds(
        frame,
        st.integers(0, 14),
        st.sampled_from([0, 3, 4, 9]),
        st.one_of(st.binary(max_size=120), st.sampled_from([END, wire.encode(""), b"\x00text"])),
    ),
    max_size=30,
)


@given(_FRAMES)
def test_frames_in_any_order_keep_the_rules(frames: list[bytes]) -> None:
    run = parse(frame(Kind.READY) + b"".join(frames))
    assert list(run.cells) == [0, 3, 4][: len(run.cells)]
    assert all(cell.finished for cell in list(run.cells.values())[:-1])
    for cell in run.cells.values():
        assert not cell.answers or cell.index in (3, 4)
        assert all(len(bundle) <= LIMITS.answer_bytes for bundle in cell.answers)
        assert len(cell.answers) <= 1 or run.irregular
    if run.ending is Ending.DONE:
        assert len(run.cells) == 3


@given(st.integers(0, 400), st.data())
def test_cut_or_changed_byte_never_raises(position: int, data: st.DataObject) -> None:
    raw = bytearray(honest(frame(Kind.DISPLAY, 0, b"\x00shown")))
    position %= len(raw)
    raw[position] = data.draw(st.integers(0, 255))
    parse(bytes(raw))
    parse(bytes(raw[:position]), Ending.CRASHED)


@given(st.lists(st.integers(1, 20)))
def test_reader_gives_the_same_frames_however_the_stream_is_cut(cuts: list[int]) -> None:
    raw = honest()
    whole = list(FrameReader(1000).feed(raw))
    reader, pieces, start = FrameReader(1000), [], 0
    for cut in [*cuts, len(raw)]:
        pieces += list(reader.feed(raw[start : start + cut]))
        start += cut
    assert pieces == whole


def test_second_bundle_is_kept_and_noted() -> None:
    run = parse(honest(answers=(b"one", b"two")))
    assert run.cells[3].answers == (b"one", b"two")
    assert run.irregular == ("The answers of exercise were sent more than once.",)


def test_bundle_larger_than_allowed_is_dropped_and_noted() -> None:
    run = parse(honest(answers=(b"x" * 51,)))
    assert run.cells[3].answers == ()
    assert "larger than answers may be" in run.irregular[0]


def test_output_beyond_a_cells_room_is_dropped_and_noted() -> None:
    run = parse(honest(*[frame(Kind.DISPLAY, 0, b"\x00" + b"x" * 70_000)]))
    assert run.cells[0].outputs == ()
    assert "more output than a cell may" in run.irregular[0]


def test_more_frames_than_allowed_are_not_read() -> None:
    flood = [frame(Kind.STDOUT, 0, b"x")] * 10**4
    assert "the rest was not read" in " ".join(parse(honest(*flood)).irregular)


def test_sandbox_that_never_was_ready_is_nobodys_fault() -> None:
    run = parse(frame(Kind.SETUP_FAILED, 0, b"mount /tmp: no"), Ending.CRASHED)
    assert run.ending is Ending.SETUP
    assert "mount /tmp: no" in run.detail


def test_setup_failure_forged_later_is_irregular() -> None:
    run = parse(honest(frame(Kind.SETUP_FAILED, 0, b"our fault")))
    assert run.ending is Ending.DONE
    assert run.irregular == ("A frame of unknown kind was sent.",)


def test_text_that_is_not_utf8_is_shown_with_marks() -> None:
    run = parse(honest(frame(Kind.STDOUT, 0, b"a\xff")))
    assert run.cells[0].outputs[0].data == "a\ufffd"


def test_header_with_a_huge_length_is_not_waited_for() -> None:
    raw = frame(Kind.READY) + struct.pack("<BHI", Kind.STDOUT, 0, 2**32 - 1)
    assert "longer than any" in parse(raw, Ending.CRASHED).irregular[0]
