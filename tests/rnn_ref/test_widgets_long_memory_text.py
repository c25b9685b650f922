"""Unit 10's text, its labels and how it is cut."""

import numpy as np

from rnn_ref.char_lm import decode
from rnn_ref.widgets.long_memory_saved import OF_EACH, read_both_halves
from rnn_ref.widgets.long_memory_text import (
    CHARACTERS,
    ID_TO_CHAR,
    LABELS,
    MODULES,
    OF_A_PASSAGE,
    PACKAGES,
    PARTS,
    PASSAGES,
    excerpts,
    labels_of,
    library,
    module_text,
)

SOURCE = '''"""Two
  lines."""
if x:  # why
    y = f"a{x}" + 'b'
'''


# --- the text -------------------------------------------------------------------------------------


def test_labels_of_a_small_module_are_those_seen_by_eye() -> None:
    labels = labels_of(SOURCE)
    quoted = "".join(c for c, on in zip(SOURCE, labels["quoted text"], strict=True) if on)
    assert quoted == '"""Two\n  lines."""' + 'f"a{x}"' + "'b'"
    comment = "".join(c for c, on in zip(SOURCE, labels["comment"], strict=True) if on)
    assert comment == "# why"
    assert labels["indentation"].sum() == 4  # before y; the blanks within the text are quoted


def test_library_is_cut_by_whole_modules_and_nothing_is_lost() -> None:
    assert sorted(MODULES) == MODULES
    assert PARTS.choosing == [MODULES[i] for i in range(100) if i % 10 == 4]
    assert PARTS.final == [MODULES[i] for i in range(100) if i % 10 == 9]
    assert [name for name in PARTS.training if name in MODULES] == [
        name for name in MODULES if name not in PARTS.choosing + PARTS.final
    ]
    assert library().final == "".join(module_text(name) for name in PARTS.final)
    assert set("".join(library())) <= set(CHARACTERS)
    assert len(CHARACTERS) == 96


def test_no_module_is_in_two_parts() -> None:
    names = [name for part in PARTS for name in part]
    assert len(set(names)) == len(names)
    assert not any("test" in name.split("/") or "tests" in name.split("/") for name in names)
    for name in PARTS.choosing + PARTS.final:
        assert module_text(name) not in library().training


def test_passages_are_cut_out_of_the_middle_of_equal_stretches_of_what_is_trained_on() -> None:
    rest = "".join(map(module_text, PARTS.training))
    stretch = len(rest) // PASSAGES
    assert len(library().passages) == PASSAGES * OF_A_PASSAGE
    for i in reversed(range(PASSAGES)):
        passage = library().passages[i * OF_A_PASSAGE : (i + 1) * OF_A_PASSAGE]
        at = i * stretch + (stretch - OF_A_PASSAGE) // 2
        assert rest[at : at + OF_A_PASSAGE] == passage
        rest = rest[:at] + rest[at + OF_A_PASSAGE :]
        assert passage not in library().training
    assert rest == library().training


def test_packages_are_trained_on_as_far_as_they_are_there() -> None:
    trained = {name.split("/")[0] for name in PARTS.training if "/" in name}
    assert {"asyncio", "email", "json"} <= trained <= set(PACKAGES)
    assert "email/message" in PARTS.training


def test_library_has_all_its_modules_in_this_python() -> None:
    assert all(module_text(name) for name in MODULES)
    assert len(set(MODULES)) == len(MODULES)
    assert module_text("no_such_module") == ""


def test_library_ids_stand_for_its_characters() -> None:
    for text, ids in zip(library(), library().ids(), strict=True):
        assert decode(ids[:500], ID_TO_CHAR) == text[:500]
        assert decode(ids[-500:], ID_TO_CHAR) == text[-500:]


def test_excerpts_lie_in_the_middle_of_equal_stretches_and_keep_their_labels() -> None:
    """Two of abc and argparse together: the first lies across the boundary of the two."""
    names = ["abc", "argparse"]
    whole = "".join(module_text(name) for name in names)
    masks = [labels_of(module_text(name)) for name in names]
    length = len(whole) // 2 - 2
    text, labels = excerpts(names, 2, length)
    assert text == whole[1 : 1 + length] + whole[len(whole) // 2 + 1 :][:length]
    for label in LABELS:
        mask = np.concatenate([each[label] for each in masks])
        expected = np.r_[mask[1 : 1 + length], mask[len(whole) // 2 + 1 :][:length]]
        np.testing.assert_array_equal(labels[label], expected)


def test_reading_chooses_on_trained_text_and_judges_on_other_text() -> None:
    reading = read_both_halves()
    middle = len(reading.text) // 2
    for start in range(0, middle, OF_EACH):
        assert reading.text[start : start + OF_EACH] in library().training
        assert reading.text[middle + start :][:OF_EACH] in library().choosing
    assert len(reading.h) == len(reading.text) == len(reading.labels["comment"])
