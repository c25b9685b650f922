"""Unit 03's exercises, tried with code that is in none of their lists."""

from dataclasses import replace

import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.exercises.char_lm.shared import ONE_CHARACTER
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from tests.judge.judged import failed, verdict, verdict_on_cell

ENCODE = """
def encode(text, char_to_id):
    {look}
    return {ids}
"""
LOOK = "if set(text) - set(char_to_id): raise ValueError('unknown')"

DECODE = """
def decode(ids, id_to_char):
    {look}
    return "".join(id_to_char[i] for i in ids)
"""
LOOK_AT_IDS = "if set(ids.tolist()) - set(id_to_char): raise ValueError('unknown')"


def encoding(look: str = LOOK, ids: str = "np.array([char_to_id[c] for c in text])") -> str:
    return ENCODE.format(look=look, ids=ids)


# --- arrays that the next function needs --------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        ("[char_to_id[c] for c in text]", "a list"),
        ("np.array([char_to_id[c] for c in text], dtype=float)", "an array of floats"),
    ],
)
def test_encode_without_an_array_of_integers_loses_a_tenth(ids: str, kind: str) -> None:
    report = verdict_on_cell("encode", encoding(ids=ids))
    assert failed(report) == {"integers"}
    assert report.headline == f"A text: ids is {kind}; expected an array of integers."


@pytest.mark.parametrize("dtype", ["np.int32", "np.uint16", "int"])
def test_encode_into_integers_of_any_width_earns_all(dtype: str) -> None:
    ids = f"np.array([char_to_id[c] for c in text], dtype={dtype})"
    assert failed(verdict_on_cell("encode", encoding(ids=ids))) == set()


def test_make_batches_of_floats_loses_a_share_and_is_told() -> None:
    wrong = {m.name: m.function for m in find_exercise("make_batches").mistakes}
    report = verdict("make_batches", make=wrong["batches_of_floats"])
    assert failed(report) == {"integers"}
    assert (
        report.headline
        == "A full cut: inputs is an array of floats; expected an array of integers."
    )


# --- refusals: what was called, and what came ---------------------------------------------------


@pytest.mark.parametrize(
    ("look", "came", "mistake"),
    [
        ("pass", "raised a KeyError", "bare_key_error"),
        ("assert not set(text) - set(char_to_id)", "raised an AssertionError", ""),
        ("if set(text) - set(char_to_id): return ValueError('?')", "returned a ValueError", ""),
        ("text = [c for c in text if c in char_to_id]", "returned an array", "unknown_dropped"),
        (
            "char_to_id = {**dict.fromkeys(text, 0), **char_to_id}",
            "returned an array",
            "unknown_becomes_0",
        ),
    ],
)
def test_encode_that_refuses_otherwise_is_shown_as_a_call(
    look: str, came: str, mistake: str
) -> None:
    report = verdict_on_cell("encode", encoding(look))
    assert failed(report) == {"refused"}
    assert f"with unknown characters in the text {came}" in report.headline
    assert report.mistake == mistake


@pytest.mark.parametrize(
    ("x", "mistake"),
    [
        ("np.eye(V)[np.minimum(np.maximum(ids, 0), V - 1)]", "out_of_range_is_clipped"),
        ("np.eye(V)[ids % V]", "wraps_modulo_V"),
        ("(np.arange(V) == ids[..., None]) * 1.0", "out_of_range_gives_zeros"),
        ("np.eye(V)[ids]", "negative_id_wraps"),
    ],
)
def test_one_hot_of_ids_out_of_range_is_named_by_what_came(x: str, mistake: str) -> None:
    cell = f"def one_hot(ids, V):\n    return {x}"
    for seed in (3, 4, 5, 6):
        report = verdict_on_cell("one_hot", cell, seed)
        assert (report.mistake, failed(report)) == (mistake, {"refused"})


def test_right_refusals_with_wrong_ids_are_not_blamed() -> None:
    ids = "np.array([char_to_id[c] + 1 for c in text])"
    report = verdict_on_cell("encode", encoding(ids=ids))
    assert report.mistake == "encoded_from_1"
    assert "refused" not in failed(report)


# --- decode and the learner's own encode --------------------------------------------------------


@pytest.mark.parametrize(
    ("encode", "told"),
    [
        (encoding(ids="[char_to_id[c] for c in text]"), False),
        (encoding(ids="np.array([char_to_id[c] for c in text[::-1]])"), True),
        (encoding(look="raise NotImplementedError('encode: not written yet')"), True),
    ],
)
def test_decode_with_another_encode_loses_nothing_and_says_where_to_look(
    encode: str, told: bool
) -> None:
    report = verdict_on_cell("decode", encode + DECODE.format(look=LOOK_AT_IDS))
    assert failed(report) == set()
    assert ("in the place of your encode" in report.headline) is told


# --- the rest -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("{i: c for c, i in a.items()}, a", "the two dicts swapped?"),
        ("a, a", "id_to_char leads to numbers"),
        ("a, {i: c for c, i in a.items() if i}", "has no entry for 0"),
        ("{c: i for c, i in a.items() if i}, a", "lacks a character of the text: "),
    ],
)
def test_dicts_of_a_wrong_form_are_told_in_words(cell: str, told: str) -> None:
    made = "a = {c: i for i, c in enumerate(sorted(set(text)))}"
    report = verdict_on_cell(
        "build_vocabulary", f"def build_vocabulary(text):\n    {made}\n    return {cell}"
    )
    assert told in report.headline


def test_outputs_that_only_two_slips_explain_are_told_with_words_or_not_at_all() -> None:
    """Two at once have no words of their own: one of them must not be said of a single output."""
    exercise = find_exercise("make_batches")
    wrong = next(m for m in exercise.mistakes if m.name == "N_and_T_exchanged").function
    for kept in range(8):
        fewer = replace(exercise, mistakes=exercise.mistakes[:kept])
        key = AnswerKey.draw(fewer, 3)
        report = judge(key, list(key.answers_of({"make": wrong}).values()))
        for sentence in (report.mistake_sentence, *report.advice):
            assert not sentence.rstrip().endswith("when") and "when  " not in sentence


def test_single_character_is_never_the_one_whose_id_is_zero() -> None:
    exercise = find_exercise("encode")
    for seed in range(200):
        alone = next(case for case in exercise.cases(seed) if case.name == ONE_CHARACTER)
        assert alone.inputs["characters"].index(alone.inputs["text"]) > 0
