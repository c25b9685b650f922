"""Unit 03: mistakes in the vocabulary, in encoding and decoding, in one-hot vectors, in batches.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

VOCABULARY = Mistakes("char_lm", "build_vocabulary")
ENCODE = Mistakes("char_lm", "encode")
DECODE = Mistakes("char_lm", "decode")
ONE_HOT = Mistakes("char_lm", "one_hot")
BATCHES = Mistakes("char_lm", "make_batches")


@VOCABULARY.written("The ids begin at 1. They begin at 0, as every index in Python does.")
def ids_from_1(text):
    characters = sorted(set(text))
    char_to_id = {c: i + 1 for i, c in enumerate(characters)}
    id_to_char = {i + 1: c for i, c in enumerate(characters)}
    return char_to_id, id_to_char


@VOCABULARY.written(
    "The characters come in the order in which they first appear in the text. They are to be "
    "sorted, so that another text with the same characters gets the same ids."
)
def order_of_appearance(text):
    characters = list(dict.fromkeys(text))
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@VOCABULARY.written(
    "The characters come in the order of a set, and that is no order: it can change each time "
    "Python starts, and saved weights would then mean other characters. Sort them."
)
def set_order(text):
    characters = list(set(text))
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@VOCABULARY.written("The most frequent character comes first. They are to be in sorted order.")
def order_of_frequency(text):
    characters = sorted(set(text), key=lambda c: (-text.count(c), c))
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@VOCABULARY.written("The characters are sorted from the last to the first.")
def sorted_backwards(text):
    characters = sorted(set(text), reverse=True)
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@VOCABULARY.written(
    "The two dicts come back in the other order: char_to_id first, then id_to_char."
)
def dicts_swapped(text):
    characters = sorted(set(text))
    return dict(enumerate(characters)), {c: i for i, c in enumerate(characters)}


@VOCABULARY.written(
    "The same dict comes back twice. The second one has to lead from ids back to characters."
)
def decode_map_not_inverted(text):
    char_to_id = {c: i for i, c in enumerate(sorted(set(text)))}
    return char_to_id, char_to_id


@VOCABULARY.written("Only char_to_id comes back. Return the pair (char_to_id, id_to_char).")
def only_one_dict(text):
    return {c: i for i, c in enumerate(sorted(set(text)))}


@VOCABULARY.written(
    "Each place in the text has an id. Each different character has one: use a set."
)
def id_for_every_place(text):
    characters = sorted(text)
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@VOCABULARY.written(
    "The ids are the Unicode numbers of the characters. They should be 0 to V - 1, without gaps."
)
def unicode_numbers(text):
    return {c: ord(c) for c in set(text)}, {ord(c): c for c in set(text)}


@VOCABULARY.written("Capitals are turned into small letters. Keep every character as it is.")
def capitals_lost(text):
    characters = sorted(set(text.lower()))
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@VOCABULARY.written("Blanks and line breaks are left out. They are characters like all others.")
def blanks_left_out(text):
    characters = sorted(c for c in set(text) if not c.isspace())
    return {c: i for i, c in enumerate(characters)}, dict(enumerate(characters))


@ENCODE.written(
    "Unknown characters are silently dropped: the text gets shorter and nobody knows. Raise a "
    "ValueError."
)
def unknown_dropped(text, char_to_id):
    return np.array([char_to_id[c] for c in text if c in char_to_id], dtype=int)


@ENCODE.written(
    "Unknown characters become id 0, which belongs to another character. Raise a ValueError."
)
def unknown_becomes_0(text, char_to_id):
    return np.array([char_to_id.get(c, 0) for c in text])


@ENCODE.written(
    "Unknown characters become -1, and an index of -1 is the last character. Raise a ValueError."
)
def unknown_becomes_minus_1(text, char_to_id):
    return np.array([char_to_id.get(c, -1) for c in text])


@ENCODE.written("Unknown characters become None, which is no id. Raise a ValueError.")
def unknown_becomes_none(text, char_to_id):
    return np.array([char_to_id.get(c) for c in text])


@ENCODE.written(
    "An unknown character ends in a bare KeyError. Raise a ValueError that names the character, so "
    "that the reader knows what to do."
)
def bare_key_error(text, char_to_id):
    return np.array([char_to_id[c] for c in text])


@ENCODE.written(
    "Unknown characters are added to char_to_id. It belongs to the caller, and a network that was "
    "built for V characters has no room for one more. Raise a ValueError."
)
def unknown_added(text, char_to_id):
    return np.array([char_to_id.setdefault(c, len(char_to_id)) for c in text])


@ENCODE.written("These are Unicode numbers. Look each character up in char_to_id.")
def encode_by_ord(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    return np.array([ord(c) for c in text])


@ENCODE.written(
    "The ids come from a new vocabulary of this very text. Use the char_to_id that is given."
)
def own_vocabulary(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    own = {c: i for i, c in enumerate(sorted(set(text)))}
    return np.array([own[c] for c in text])


@ENCODE.written(
    "The ids are floats, and floats cannot be used as indices. Give the array dtype int."
)
def ids_as_floats(text, char_to_id):
    ids = np.zeros(len(text))
    for i, c in enumerate(text):
        if c not in char_to_id:
            raise ValueError(f"unknown character {c!r}")
        ids[i] = char_to_id[c]
    return ids


@ENCODE.written("The ids are kept in 8 bits, which end at 255: larger ids wrap round to 0.")
def ids_in_8_bits(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    return np.array([char_to_id[c] for c in text]).astype(np.uint8)


@ENCODE.written("The ids have an axis too many. One text gives one axis: shape (L,).")
def ids_with_two_axes(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    return np.array([[char_to_id[c] for c in text]])


@ENCODE.written("Each character is encoded once. Encode every place of the text, repeats included.")
def each_character_once(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    return np.array([char_to_id[c] for c in dict.fromkeys(text)])


@ENCODE.written("Each id is one too large. Ids begin at 0, as char_to_id has them.")
def encoded_from_1(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    return np.array([char_to_id[c] + 1 for c in text])


@ENCODE.written("Blanks are skipped. They have ids like all other characters.")
def blanks_skipped(text, char_to_id):
    if not set(text) <= set(char_to_id):
        raise ValueError("unknown character")
    return np.array([char_to_id[c] for c in text if not c.isspace()])


@DECODE.written("A list of characters comes back. Join them into one text.")
def characters_not_joined(ids, id_to_char):
    return [id_to_char[i] for i in ids]


@DECODE.written(
    "The characters are joined with blanks between them. Join them with nothing between."
)
def joined_with_blanks(ids, id_to_char):
    if not set(ids.tolist()) <= set(id_to_char):
        raise ValueError("unknown id")
    return " ".join(id_to_char[i] for i in ids)


@DECODE.written("The ids are read as Unicode numbers. Look each id up in id_to_char.")
def decode_by_chr(ids, id_to_char):
    if not set(ids.tolist()) <= set(id_to_char):
        raise ValueError("unknown id")
    return "".join(chr(i) for i in ids)


@DECODE.written("Unknown ids are silently dropped. Raise a ValueError.")
def unknown_ids_dropped(ids, id_to_char):
    return "".join(id_to_char[i] for i in ids if i in id_to_char)


@DECODE.written("Unknown ids become a question mark. Raise a ValueError.")
def unknown_ids_become_question_marks(ids, id_to_char):
    return "".join(id_to_char.get(i, "?") for i in ids)


@DECODE.written(
    "An unknown id ends in a bare KeyError. Raise a ValueError that names the id and its place."
)
def decode_bare_key_error(ids, id_to_char):
    return "".join(id_to_char[i] for i in ids)


@DECODE.written(
    "The characters are looked up in a list, where -1 is the last one: a wrong id becomes a "
    "wrong character. Raise a ValueError for every id that is not in id_to_char."
)
def negative_ids_wrap(ids, id_to_char):
    characters = list(id_to_char.values())
    return "".join(characters[i] for i in ids)


@DECODE.written("The text is backwards.")
def decoded_backwards(ids, id_to_char):
    if not set(ids.tolist()) <= set(id_to_char):
        raise ValueError("unknown id")
    return "".join(id_to_char[i] for i in ids[::-1])


@DECODE.written(
    "This is the printed form of a list, with brackets and quotes. Join the characters."
)
def decoded_as_printed_list(ids, id_to_char):
    if not set(ids.tolist()) <= set(id_to_char):
        raise ValueError("unknown id")
    return str([id_to_char[i] for i in ids])


@DECODE.written(
    "The dict is read the wrong way round. id_to_char already leads from id to character."
)
def inverted_again(ids, id_to_char):
    char_to_id = {c: i for i, c in id_to_char.items()}
    return "".join(char_to_id[i] for i in ids)


@DECODE.written("Each id is decoded once. Decode every place, repeats included.")
def each_id_once(ids, id_to_char):
    if not set(ids.tolist()) <= set(id_to_char):
        raise ValueError("unknown id")
    return "".join(id_to_char[i] for i in dict.fromkeys(ids.tolist()))


@DECODE.written("Characters that are not ASCII are lost. Text is Unicode: keep them all.")
def only_ascii_kept(ids, id_to_char):
    if not set(ids.tolist()) <= set(id_to_char):
        raise ValueError("unknown id")
    return "".join(id_to_char[i] for i in ids).encode("ascii", "ignore").decode()


@ONE_HOT.written(
    "Ids are taken to begin at 1: each 1 stands one place too early, and id 0 wraps round to the "
    "end."
)
def places_from_1(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    return np.eye(V)[ids - 1]


@ONE_HOT.written(
    "An id of -1 is not refused but wraps round to the last character, and an id that is too large "
    "ends in a bare IndexError. Look at the ids first, and raise a ValueError."
)
def negative_id_wraps(ids, V):
    return np.eye(V)[ids]


@ONE_HOT.written("Ids out of range wrap round (modulo V). Raise a ValueError instead.")
def wraps_modulo_V(ids, V):
    return np.eye(V)[ids % V]


@ONE_HOT.written(
    "Ids out of range give a vector of zeros, which is no character. Raise a ValueError."
)
def out_of_range_gives_zeros(ids, V):
    return (ids[..., None] == np.arange(V)).astype(float)


@ONE_HOT.written(
    "Ids out of range are moved to the nearest that is in it. Raise a ValueError instead."
)
def out_of_range_is_clipped(ids, V):
    return np.eye(V)[np.clip(ids, 0, V - 1)]


@ONE_HOT.written(
    "All ids share one vector of shape (V,). Each id needs a vector of its own: (N, T, V)."
)
def one_vector_for_all(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    x = np.zeros(V)
    x[ids] = 1
    return x


@ONE_HOT.written("The axis of the V numbers comes first. It comes last: (N, T, V).")
def characters_on_the_first_axis(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    return np.moveaxis(np.eye(V)[ids], -1, 0)


@ONE_HOT.written("The last two axes are swapped. The V numbers of one id stand on the last axis.")
def last_axes_swapped(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    return np.swapaxes(np.eye(V)[ids], -1, -2)


@ONE_HOT.written("The batch was flattened to (N T, V). Keep the axes of ids: (N, T, V).")
def batch_flattened(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    return np.eye(V)[ids.ravel()]


@ONE_HOT.written(
    "The length of the vectors is taken from the largest id that occurs. It is V, even if the last "
    "characters of the vocabulary do not occur here."
)
def length_from_the_data(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    return np.eye(ids.max() + 1)[ids]


@ONE_HOT.written("The id itself stands in the vector. A one-hot vector holds a 1 there.")
def id_instead_of_1(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    return np.eye(V)[ids] * ids[..., None]


@ONE_HOT.written(
    "One vector serves all ids and is never cleared, so the 1s of earlier ids are still in it."
)
def vector_never_cleared(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    vector, rows = np.zeros(V), []
    for i in ids.ravel():
        vector[i] = 1
        rows.append(vector.copy())
    return np.array(rows).reshape(*ids.shape, V)


@ONE_HOT.written("All places hold one and the same vector, so all show the last id. Make new ones.")
def same_vector_everywhere(ids, V):
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("id out of range")
    vector, rows = np.zeros(V), []
    for i in ids.ravel():
        vector[:] = 0
        vector[i] = 1
        rows.append(vector)
    return np.array(rows).reshape(*ids.shape, V)


@BATCHES.written("The targets are the inputs themselves. The target is the id after the input.")
def targets_not_shifted(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    inputs = ids[: N * B * T].reshape(N, B, T).swapaxes(0, 1)
    return inputs, inputs


@BATCHES.written(
    "Inputs and targets are exchanged (shifted the wrong way): the network would learn to guess "
    "the character before. The target is the id after the input."
)
def shifted_the_wrong_way(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    targets = ids[:used].reshape(N, B, T).swapaxes(0, 1)
    inputs = ids[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets


@BATCHES.written(
    "np.roll makes the very first id of the text the target of the last one. The last id has no "
    "target: B is (L - 1) // (N T), one id fewer than the text has."
)
def roll_wraps_to_the_first(ids, N, T):
    B = len(ids) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).swapaxes(0, 1)
    targets = np.roll(ids, -1)[:used].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets


@BATCHES.written(
    "Within each piece of T the last target is the piece's own first id. It is the id that comes "
    "next in the text, at the start of the next piece."
)
def roll_within_each_piece(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    inputs = ids[: N * B * T].reshape(N, B, T).swapaxes(0, 1)
    return inputs, np.roll(inputs, -1, axis=-1)


@BATCHES.written(
    "The text is cut into pieces of T + 1, so an id at each boundary is never an input. Cut inputs "
    "into pieces of T, and take the targets one place later."
)
def boundary_dropped(ids, N, T):
    B = len(ids) // (N * (T + 1))
    if (len(ids) - 1) // (N * T) < 1:
        raise ValueError("text too short")
    pieces = ids[: N * B * (T + 1)].reshape(N, B, T + 1).swapaxes(0, 1)
    return pieces[..., :-1], pieces[..., 1:]


@BATCHES.written(
    "Each piece begins with the last id of the piece before it: ids at the boundaries come twice."
)
def boundary_doubled(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    starts = np.arange(N) * B * T + np.arange(B)[:, None] * max(T - 1, 1)
    places = starts[..., None] + np.arange(T)
    return ids[places], ids[places + 1]


@BATCHES.written(
    "The pieces are dealt out row by row, so row n of a batch does not go on in row n of the next, "
    "and a state that is carried over would belong to another stretch of text. Cut the text into N "
    "long rows first, and each row into pieces of T."
)
def rows_not_contiguous(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    return ids[:used].reshape(B, N, T), ids[1 : used + 1].reshape(B, N, T)


@BATCHES.written("The rows come first, (N, B, T). The number of the batch is axis 0: (B, N, T).")
def rows_on_the_first_axis(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    return ids[:used].reshape(N, B, T), ids[1 : used + 1].reshape(N, B, T)


@BATCHES.written("The targets were left transposed, (B, T, N). They have the shape of the inputs.")
def targets_transposed(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).swapaxes(0, 1)
    targets = ids[1 : used + 1].reshape(N, B, T).transpose(1, 2, 0)
    return inputs, targets


@BATCHES.written("Rows and time steps are swapped in both: (B, T, N). They come as (B, N, T).")
def time_before_rows(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).transpose(1, 2, 0)
    targets = ids[1 : used + 1].reshape(N, B, T).transpose(1, 2, 0)
    return inputs, targets


@BATCHES.written(
    "The ids are dealt to the rows one by one, so neighbours in a row are N places apart in the "
    "text. Each row is one stretch of it."
)
def rows_interleaved(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    inputs = ids[:used].reshape(B, T, N).swapaxes(1, 2)
    targets = ids[1 : used + 1].reshape(B, T, N).swapaxes(1, 2)
    return inputs, targets


@BATCHES.written(
    "Each row is (L - 1) // N long before it is cut into pieces, so what is left over is lost "
    "between the rows. A row is B T long, and all that is left over lies at the end of the text."
)
def remainder_lost_between_rows(ids, N, T):
    length = (len(ids) - 1) // N
    B = length // T
    if B < 1:
        raise ValueError("text too short")
    inputs = ids[: N * length].reshape(N, length)[:, : B * T].reshape(N, B, T)
    targets = ids[1 : N * length + 1].reshape(N, length)[:, : B * T].reshape(N, B, T)
    return inputs.swapaxes(0, 1), targets.swapaxes(0, 1)


@BATCHES.written("What is left over is filled up with zeros, and 0 is a character. Leave it out.")
def filled_up_with_zeros(ids, N, T):
    if len(ids) - 1 < N * T:
        raise ValueError("text too short")
    B = -(-(len(ids) - 1) // (N * T))
    padded = np.append(ids, np.zeros(N * T, dtype=int))
    used = N * B * T
    inputs = padded[:used].reshape(N, B, T).swapaxes(0, 1)
    targets = padded[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets


@BATCHES.written("The last full batch is missing: there are (L - 1) // (N T) of them.")
def last_batch_missing(ids, N, T):
    if len(ids) - 1 < N * T:
        raise ValueError("text too short")
    B = (len(ids) - 1) // (N * T) - 1
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).swapaxes(0, 1)
    targets = ids[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets


@BATCHES.written("A text without a single full batch gives empty arrays. Raise a ValueError.")
def short_text_gives_nothing(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).swapaxes(0, 1)
    targets = ids[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets


@BATCHES.written("Only the inputs come back. Return the pair (inputs, targets).")
def inputs_alone(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    return ids[: N * B * T].reshape(N, B, T).swapaxes(0, 1)


@BATCHES.written(
    "There is one target a row, the id after the piece. Every input has one: targets has the shape "
    "of inputs."
)
def one_target_a_row(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).swapaxes(0, 1)
    targets = ids[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets[:, :, -1]


@BATCHES.written(
    "The numbers are right, but the text is shifted in place: ids belongs to the caller. Make new "
    "arrays."
)
def shifts_ids_in_place(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("text too short")
    used = N * B * T
    inputs = ids[:used].copy().reshape(N, B, T).swapaxes(0, 1)
    ids[:-1] = ids[1:].copy()
    targets = ids[:used].copy().reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets
