"""Unit 03: mistakes in the vocabulary, in encoding and decoding, in one-hot vectors, in batches."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

VOCABULARY = Mistakes("char_lm", "build_vocabulary")
ENCODE = Mistakes("char_lm", "encode")
DECODE = Mistakes("char_lm", "decode")
ONE_HOT = Mistakes("char_lm", "one_hot")
BATCHES = Mistakes("char_lm", "make_batches")


# --- build_vocabulary ---------------------------------------------------------------------------

_SORTED = "sorted(set(text))"
_BOTH = "return char_to_id, id_to_char"

VOCABULARY.edit(
    "ids_from_1",
    "the ids begin at 1. They begin at 0, as every index in Python does.",
    "in enumerate(characters)} → in enumerate(characters, 1)}",
    "dict(enumerate(characters)) → dict(enumerate(characters, 1))",
)
VOCABULARY.edit(
    "order_of_appearance",
    "the characters come in the order in which they first appear in the text. They are to be "
    "sorted, so that another text with the same characters gets the same ids.",
    f"{_SORTED} → list(dict.fromkeys(text))",
)
VOCABULARY.edit(
    "set_order",
    "the characters come in the order of a set, and that is no order: it can change each time "
    "Python starts, and saved weights would then mean other characters. Sort them.",
    f"{_SORTED} → list(set(text))",
)
VOCABULARY.edit(
    "order_of_frequency",
    "the most frequent character comes first. They are to be in sorted order.",
    f"{_SORTED} → sorted(set(text), key=lambda c: (-text.count(c), c))",
)
VOCABULARY.edit(
    "sorted_backwards",
    "the characters are sorted from the last to the first.",
    f"{_SORTED} → sorted(set(text), reverse=True)",
)
VOCABULARY.edit(
    "dicts_swapped",
    "the two dicts are in the other order: char_to_id comes first, then id_to_char.",
    f"{_BOTH} → return id_to_char, char_to_id",
)
VOCABULARY.edit(
    "decode_map_not_inverted",
    "one dict comes back twice. The second one has to lead from ids back to characters.",
    f"{_BOTH} → return char_to_id, char_to_id",
)
VOCABULARY.edit(
    "only_one_dict",
    "char_to_id comes back alone. Return the pair (char_to_id, id_to_char).",
    f"{_BOTH} → return char_to_id",
)
VOCABULARY.edit(
    "id_for_every_place",
    "each place in the text has an id. Each different character has one: use a set.",
    f"{_SORTED} → sorted(text)",
)
VOCABULARY.edit(
    "unicode_numbers",
    "the ids are the Unicode numbers of the characters. They should be 0 to V - 1, without gaps.",
    "{character: i for i, character in enumerate(characters)} → {c: ord(c) for c in characters}",
    "dict(enumerate(characters)) → {ord(c): c for c in characters}",
)
VOCABULARY.edit(
    "capitals_lost",
    "capitals are turned into small letters. Keep every character as it is.",
    "set(text) → set(text.lower())",
)
VOCABULARY.edit(
    "blanks_left_out",
    "blanks and line breaks are left out. They are characters like all others.",
    "set(text) → set(c for c in text if not c.isspace())",
)

# --- encode -------------------------------------------------------------------------------------

_KNOWN = "if character not in char_to_id: → if False:"
_ID = "char_to_id[character]"

ENCODE.edit(
    "unknown_dropped",
    "unknown characters are silently dropped: the text gets shorter and nobody knows. Raise a "
    "ValueError.",
    _KNOWN,
    "in text], → in text if character in char_to_id],",
)
ENCODE.edit(
    "unknown_becomes_0",
    "unknown characters become id 0, which belongs to another character. Raise a ValueError.",
    _KNOWN,
    f"{_ID} → char_to_id.get(character, 0)",
)
ENCODE.edit(
    "unknown_becomes_minus_1",
    "unknown characters become -1, and an index of -1 is the last character. Raise a ValueError.",
    _KNOWN,
    f"{_ID} → char_to_id.get(character, -1)",
)
ENCODE.edit(
    "unknown_becomes_none",
    "unknown characters become None, which is no id. Raise a ValueError.",
    _KNOWN,
    f"{_ID} → char_to_id.get(character)",
    ", dtype=int → ",
)
ENCODE.edit(
    "bare_key_error",
    "an unknown character ends in a bare KeyError. Raise a ValueError that names the character, so "
    "that the reader knows what to do.",
    _KNOWN,
)
ENCODE.edit(
    "unknown_added",
    "unknown characters get new ids, from V on. If they are added to char_to_id: it belongs to the "
    "caller, and a network that was built for V characters has no room for one more. Raise a "
    "ValueError.",
    _KNOWN,
    f"{_ID} → char_to_id.setdefault(character, len(char_to_id))",
)
ENCODE.edit(
    "encode_by_ord",
    "the ids are Unicode numbers. Look each character up in char_to_id.",
    f"{_ID} → ord(character)",
)
ENCODE.edit(
    "own_vocabulary",
    "the ids come from a new vocabulary of this very text. Use the char_to_id that is given.",
    f"{_ID} → sorted(set(text)).index(character)",
)
ENCODE.edit(
    "places_in_sorted_order",
    "the ids are the places of the characters in sorted order. Use the ids that char_to_id has.",
    f"{_ID} → sorted(char_to_id).index(character)",
)
ENCODE.edit("ids_as_floats", TOLD_ALREADY, "dtype=int → dtype=float")
ENCODE.edit(
    "ids_in_a_list",
    TOLD_ALREADY,
    "np.array([char_to_id[character] for character in text], dtype=int) → "
    "[char_to_id[character] for character in text]",
)
ENCODE.edit(
    "ids_in_8_bits",
    "the ids are kept in 8 bits, which end at 255: larger ids wrap round to 0.",
    "dtype=int) → dtype=int).astype(np.uint8)",
)
ENCODE.edit(
    "ids_with_two_axes",
    "the ids have an axis too many. One text gives one axis: shape (L,).",
    "dtype=int) → dtype=int)[None]",
)
ENCODE.edit(
    "each_character_once",
    "each different character is encoded once. Encode every place of the text, repeats included.",
    "in text], → in dict.fromkeys(text)],",
)
ENCODE.edit(
    "encoded_from_1",
    "each id is one too large. Ids begin at 0, as char_to_id has them.",
    f"{_ID} → {_ID} + 1",
)
ENCODE.edit(
    "blanks_skipped",
    "blanks are skipped. They have ids like all other characters.",
    "in text], → in text if not character.isspace()],",
)

# --- decode -------------------------------------------------------------------------------------

_KNOWN_ID = "if i not in id_to_char: → if False:"
_JOINED = '"".join(id_to_char[i] for i in ids)'

DECODE.edit(
    "characters_not_joined",
    "a list of characters comes back. Join them into one text.",
    f"{_JOINED} → [id_to_char[i] for i in ids]",
)
DECODE.edit(
    "joined_with_blanks",
    "the characters are joined with blanks between them. Join them with nothing between.",
    '"".join → " ".join',
)
DECODE.edit(
    "decode_by_chr",
    "the ids are read as Unicode numbers. Look each id up in id_to_char.",
    "id_to_char[i] → chr(i)",
)
DECODE.edit(
    "unknown_ids_dropped",
    "unknown ids are silently dropped. Raise a ValueError.",
    _KNOWN_ID,
    "in ids) → in ids if i in id_to_char)",
)
DECODE.edit(
    "unknown_ids_become_question_marks",
    "unknown ids become a question mark. Raise a ValueError.",
    _KNOWN_ID,
    'id_to_char[i] → id_to_char.get(i, "?")',
)
DECODE.edit(
    "decode_bare_key_error",
    "an unknown id ends in a bare KeyError. Raise a ValueError that names the id and its place.",
    _KNOWN_ID,
)
DECODE.edit(
    "negative_ids_wrap",
    "an id of -1 becomes the last character, as in a list: a wrong id becomes a wrong character. "
    "Raise a ValueError for every id that is not in id_to_char.",
    _KNOWN_ID,
    "id_to_char[i] → list(id_to_char.values())[i]",
)
DECODE.edit(
    "negative_ids_are_not_refused",
    "an id of -1 becomes the last character, as in a list. Raise a ValueError for ids below 0, "
    "too.",
    "if i not in id_to_char: → if i >= len(id_to_char):",
    "id_to_char[i] → list(id_to_char.values())[i]",
)
DECODE.edit("decoded_backwards", "the text is backwards.", "in ids) → in ids[::-1])")
DECODE.edit(
    "decoded_as_printed_list",
    "the text is the printed form of a list, with brackets and quotes. Join the characters.",
    f"{_JOINED} → str([id_to_char[i] for i in ids])",
)
DECODE.edit(
    "inverted_again",
    "the dict is read the wrong way round. id_to_char already leads from id to character.",
    "id_to_char[i] → {c: k for k, c in id_to_char.items()}[i]",
)
DECODE.edit(
    "each_id_once",
    "each different id is decoded once. Decode every place, repeats included.",
    "in ids) → in dict.fromkeys(ids.tolist()))",
)
DECODE.edit(
    "only_ascii_kept",
    "characters that are not ASCII are lost. Text is Unicode: keep them all.",
    'in ids) → in ids).encode("ascii", "ignore").decode()',
)

# --- one_hot ------------------------------------------------------------------------------------

_LOOKED = "np.any(ids < 0) or np.any(ids >= V) → False"
_VECTORS = "np.eye(V)[ids]"

ONE_HOT.edit(
    "places_from_1",
    "ids are taken to begin at 1: each 1 stands one place too early, and that of id 0 at the end.",
    f"{_VECTORS} → np.eye(V)[ids - 1]",
)
ONE_HOT.edit(
    "negative_id_wraps",
    "an id of -1 is not refused but becomes the last character, and an id that is too large ends "
    "in a bare IndexError. Look at the ids first, and raise a ValueError.",
    _LOOKED,
)
ONE_HOT.edit(
    "negative_ids_are_not_looked_at",
    "an id of -1 is not refused but becomes the last character. Raise a ValueError for ids below "
    "0, too.",
    "np.any(ids < 0) or  → ",
)
ONE_HOT.edit(
    "large_ids_are_not_looked_at",
    "an id that is not below V ends in a bare IndexError. Raise a ValueError for it, too.",
    " or np.any(ids >= V) → ",
)
ONE_HOT.edit(
    "wraps_modulo_V",
    "ids out of range wrap round (modulo V). Raise a ValueError instead.",
    _LOOKED,
    f"{_VECTORS} → np.eye(V)[ids % V]",
)
ONE_HOT.edit(
    "out_of_range_gives_zeros",
    "ids out of range give a vector of zeros, which is no character. Raise a ValueError.",
    _LOOKED,
    f"{_VECTORS} → (ids[..., None] == np.arange(V)).astype(float)",
)
ONE_HOT.edit(
    "out_of_range_is_clipped",
    "ids out of range are moved to the nearest that is in it. Raise a ValueError instead.",
    _LOOKED,
    f"{_VECTORS} → np.eye(V)[np.clip(ids, 0, V - 1)]",
)
ONE_HOT.edit(
    "one_vector_for_all",
    "all ids share one vector of shape (V,). Each id needs a vector of its own: (N, T, V).",
    f"{_VECTORS} → np.isin(np.arange(V), ids).astype(float)",
)
ONE_HOT.edit(
    "characters_on_the_first_axis",
    "the axis of the V numbers comes first. It comes last: (N, T, V).",
    f"{_VECTORS} → np.moveaxis({_VECTORS}, -1, 0)",
)
ONE_HOT.edit(
    "last_axes_swapped",
    "the last two axes are swapped. The V numbers of one id stand on the last axis.",
    f"{_VECTORS} → np.swapaxes({_VECTORS}, -1, -2)",
)
ONE_HOT.edit(
    "batch_flattened",
    "the batch is flattened to (N T, V). Keep the axes of ids: (N, T, V).",
    f"{_VECTORS} → np.eye(V)[ids.ravel()]",
)
ONE_HOT.edit(
    "length_from_the_data",
    "the length of the vectors is taken from the largest id that occurs. It is V, even if the last "
    "characters of the vocabulary do not occur here.",
    f"{_VECTORS} → np.eye(ids.max() + 1)[ids]",
)
ONE_HOT.edit(
    "id_instead_of_1",
    "the id itself stands in the vector. A one-hot vector holds a 1 there.",
    f"{_VECTORS} → {_VECTORS} * ids[..., None]",
)
ONE_HOT.edit(
    "vector_never_cleared",
    "the 1s of all earlier ids are still in each vector. If one vector serves all ids, it has to "
    "be cleared; better make new ones.",
    f"{_VECTORS} → np.maximum.accumulate(np.eye(V)[ids.ravel()]).reshape(*ids.shape, V)",
)
ONE_HOT.edit(
    "same_vector_everywhere",
    "all places show the last id. If all hold one and the same vector, a change shows in all of "
    "them: make new ones.",
    f"{_VECTORS} → np.broadcast_to(np.eye(V)[ids.ravel()[-1]], (*ids.shape, V))",
)
ONE_HOT.edit("vectors_in_lists", TOLD_ALREADY, f"{_VECTORS} → {_VECTORS}.tolist()")

# --- make_batches -------------------------------------------------------------------------------

_INPUTS = "ids[:used].reshape(N, B, T).swapaxes(0, 1)"
_TARGETS = "ids[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)"
_PAIR = "return inputs, targets"


def _both_cut(cut: str) -> tuple[str, str]:
    """Return edits that cut inputs and targets otherwise."""
    return f"{_INPUTS} → ids[:used]{cut}", f"{_TARGETS} → ids[1 : used + 1]{cut}"


BATCHES.edit(
    "targets_not_shifted",
    "the targets are the inputs themselves. The target is the id after the input.",
    f"{_TARGETS} → {_INPUTS}",
)
BATCHES.edit(
    "shifted_the_wrong_way",
    "inputs and targets are exchanged (shifted the wrong way): the network would learn to guess "
    "the character before. The target is the id after the input.",
    f"{_PAIR} → return targets, inputs",
)
BATCHES.edit(
    "roll_wraps_to_the_first",
    "the very first id of the text is the target of the last one, as np.roll makes it. The last id "
    "has no target: B is (L - 1) // (N T), one id fewer than the text has.",
    "(len(ids) - 1) // → len(ids) //",
    "ids[1 : used + 1].reshape → np.roll(ids, -1)[:used].reshape",
)
BATCHES.edit(
    "last_id_as_input",
    "B is L // (N T). The last id of the text has no target, so B is (L - 1) // (N T).",
    "(len(ids) - 1) // → len(ids) //",
)
BATCHES.edit(
    "last_target_is_0",
    "the last target of all is 0. It is the id that comes next in the text.",
    "ids[1 : used + 1].reshape → np.append(ids[1:used], 0).reshape",
)
BATCHES.edit(
    "last_target_is_the_first_id",
    "the last target of all is the first id, as np.roll makes it. It is the id that comes next in "
    "the text.",
    "ids[1 : used + 1].reshape → np.roll(ids[:used], -1).reshape",
)
BATCHES.edit(
    "roll_within_each_piece",
    "within each piece of T the last target is the piece's own first id. It is the id that comes "
    "next in the text, at the start of the next piece.",
    f"{_TARGETS} → np.roll(inputs, -1, axis=-1)",
)
BATCHES.edit(
    "boundary_dropped",
    "the text is cut into pieces of T + 1, so an id at each boundary is never an input. Cut inputs "
    "into pieces of T, and take the targets one place later.",
    "used = N * B * T → B = len(ids) // (N * (T + 1))\n"
    "    pieces = ids[: N * B * (T + 1)].reshape(N, B, T + 1).swapaxes(0, 1)",
    f"{_INPUTS} → pieces[..., :-1]",
    f"{_TARGETS} → pieces[..., 1:]",
)
BATCHES.edit(
    "boundary_doubled",
    "each piece begins with the last id of the piece before it: ids at the boundaries come twice.",
    "used = N * B * T → starts = np.arange(N) * B * T + np.arange(B)[:, None] * max(T - 1, 1)\n"
    "    places = starts[..., None] + np.arange(T)",
    f"{_INPUTS} → ids[places]",
    f"{_TARGETS} → ids[places + 1]",
)
BATCHES.edit(
    "rows_not_contiguous",
    "the pieces are dealt out row by row, so row n of a batch does not go on in row n of the next, "
    "and a carried state belongs to another stretch. Cut the text into N long rows first.",
    *_both_cut(".reshape(B, N, T)"),
)
BATCHES.edit(
    "rows_on_the_first_axis",
    "the rows come first, (N, B, T). The number of the batch is axis 0: (B, N, T).",
    *_both_cut(".reshape(N, B, T)"),
)
BATCHES.edit(
    "targets_transposed",
    "the targets are left transposed, (B, T, N). They have the shape of the inputs.",
    f"{_TARGETS} → ids[1 : used + 1].reshape(N, B, T).transpose(1, 2, 0)",
)
BATCHES.edit(
    "time_before_rows",
    "rows and time steps are swapped in both: (B, T, N). They come as (B, N, T).",
    *_both_cut(".reshape(N, B, T).transpose(1, 2, 0)"),
)
BATCHES.edit(
    "N_and_T_exchanged",
    "N and T have changed places: there are N rows in a batch, each of T time steps.",
    *_both_cut(".reshape(T, B, N).swapaxes(0, 1)"),
)
BATCHES.edit(
    "rows_interleaved",
    "the ids are dealt to the rows one by one, so neighbours in a row are N places apart in the "
    "text. Each row is one stretch of it.",
    *_both_cut(".reshape(B, T, N).swapaxes(1, 2)"),
)
BATCHES.edit(
    "remainder_lost_between_rows",
    "each row is (L - 1) // N long before it is cut into pieces, so what is left over is lost "
    "between the rows. A row is B T long, and all that is left over lies at the end of the text.",
    "used = N * B * T → length = (len(ids) - 1) // N\n    used = N * length",
    f"{_INPUTS} → ids[:used].reshape(N, length)[:, : B * T].reshape(N, B, T).swapaxes(0, 1)",
    f"{_TARGETS} → ids[1 : used + 1].reshape(N, length)[:, : B * T].reshape(N, B, T)"
    ".swapaxes(0, 1)",
)
BATCHES.edit(
    "filled_up_with_zeros",
    "what is left over is filled up with zeros, and 0 is a character. Leave it out.",
    "used = N * B * T → B = -(-(len(ids) - 1) // (N * T))\n"
    "    ids = np.append(ids, np.zeros(N * T, dtype=int))\n    used = N * B * T",
)
BATCHES.edit(
    "last_batch_missing",
    "the last full batch is missing: there are (L - 1) // (N T) of them.",
    "used = N * B * T → B = B - 1\n    used = N * B * T",
)
BATCHES.edit(
    "short_text_gives_nothing",
    "a text without a single full batch gives empty arrays. Raise a ValueError.",
    "if B < 1: → if False:",
)
BATCHES.edit(
    "inputs_alone",
    "the inputs come back alone. Return the pair (inputs, targets).",
    f"{_PAIR} → return inputs",
)
BATCHES.edit(
    "one_target_a_row",
    "there is one target a row, the id after the piece. Every input has one: targets has the shape "
    "of inputs.",
    f"{_PAIR} → return inputs, targets[:, :, -1]",
)
BATCHES.edit(
    "shifts_ids_in_place",
    TOLD_ALREADY,
    "targets = ids[1 : used + 1] → inputs = inputs.copy()\n"
    "    ids[:-1] = ids[1:].copy()\n    targets = ids[:used]",
)
BATCHES.edit(
    "batches_of_floats", TOLD_ALREADY, f"{_PAIR} → return inputs.astype(float), targets * 1.0"
)
BATCHES.edit(
    "batches_in_lists", TOLD_ALREADY, f"{_PAIR} → return inputs.tolist(), targets.tolist()"
)
