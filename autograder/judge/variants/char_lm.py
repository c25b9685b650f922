"""Unit 03: vocabulary, encoding, one-hot vectors and batches, as different people write them."""

import numpy as np

from autograder.judge.exercise import Variants

VOCABULARY = Variants("build_vocabulary")
ENCODE = Variants("encode")
DECODE = Variants("decode")
ONE_HOT = Variants("one_hot")
BATCHES = Variants("make_batches")


@VOCABULARY.add
def vocabulary_by_zip(text):
    characters = sorted(set(text))
    numbers = range(len(characters))
    return dict(zip(characters, numbers, strict=True)), dict(zip(numbers, characters, strict=True))


@VOCABULARY.add
def vocabulary_inverting_the_first(text):
    char_to_id = {c: i for i, c in enumerate(sorted(set(text)))}
    return char_to_id, {i: c for c, i in char_to_id.items()}


@VOCABULARY.add
def vocabulary_by_scalar_loop(text):
    seen = []
    for c in text:
        if c not in seen:
            seen.append(c)
    seen.sort()
    char_to_id = {}
    id_to_char = {}
    for i in range(len(seen)):
        char_to_id[seen[i]] = i
        id_to_char[i] = seen[i]
    return char_to_id, id_to_char


@VOCABULARY.add
def vocabulary_with_a_list(text):
    characters = sorted(dict.fromkeys(text))
    return [{c: characters.index(c) for c in characters}, dict(enumerate(characters))]


@VOCABULARY.add
def vocabulary_by_numpy(text):
    points = np.unique([ord(c) for c in text])
    return {chr(p): i for i, p in enumerate(points)}, {i: chr(p) for i, p in enumerate(points)}


@VOCABULARY.add
def vocabulary_with_numpy_ids(text):
    characters = sorted(set(text))
    ids = np.arange(len(characters))
    return dict(zip(characters, ids, strict=True)), dict(zip(ids, characters, strict=True))


@ENCODE.add
def encode_in_a_loop(text, char_to_id):
    ids = np.zeros(len(text), dtype=int)
    for place, c in enumerate(text):
        if c not in char_to_id:
            raise ValueError(f"{c!r} at {place} is not in the vocabulary")
        ids[place] = char_to_id[c]
    return ids


@ENCODE.add
def encode_catching_the_key_error(text, char_to_id):
    try:
        return np.array([char_to_id[c] for c in text], dtype=np.int32)
    except KeyError as error:
        raise ValueError(f"unknown character {error}") from None


@ENCODE.add
def encode_by_way_of_a_list(text, char_to_id):
    unknown = sorted(set(text) - set(char_to_id))
    if unknown:
        raise ValueError(f"not in the vocabulary: {unknown}")
    ids = [char_to_id[c] for c in text]
    return np.array(ids, dtype=np.uint16)


@ENCODE.add
def encode_from_a_generator(text, char_to_id):
    ids = np.fromiter((char_to_id.get(c, -1) for c in text), dtype=np.int64)
    if (ids < 0).any():
        raise ValueError(f"unknown character {text[int(np.argmax(ids < 0))]!r}")
    return ids


@ENCODE.add
def encode_by_sorted_search(text, char_to_id):
    known = np.array(sorted(ord(c) for c in char_to_id))
    number = np.array([char_to_id[chr(p)] for p in known])
    points = np.array([ord(c) for c in text])
    places = np.minimum(np.searchsorted(known, points), len(known) - 1)
    if (known[places] != points).any():
        raise ValueError("a character is not in the vocabulary")
    return number[places]


@DECODE.add
def decode_in_a_loop(ids, id_to_char):
    text = ""
    for i in ids:
        if i not in id_to_char:
            raise ValueError(f"id {i} is not in the vocabulary")
        text += id_to_char[i]
    return text


@DECODE.add
def decode_catching_the_key_error(ids, id_to_char):
    try:
        return "".join([id_to_char[int(i)] for i in ids])
    except KeyError as error:
        raise ValueError(f"unknown id {error}") from None


@DECODE.add
def decode_by_list(ids, id_to_char):
    characters = [id_to_char[i] for i in range(len(id_to_char))]
    ids = np.asarray(ids)
    if ids.size and (ids.min() < 0 or ids.max() >= len(characters)):
        raise ValueError("ids must lie between 0 and V - 1")
    return "".join(characters[i] for i in ids)


@DECODE.add
def decode_by_map(ids, id_to_char):
    strange = set(ids.tolist()) - set(id_to_char)
    if strange:
        raise ValueError(f"unknown ids {strange}")
    return str.join("", map(id_to_char.get, ids.tolist()))


@DECODE.add
def decode_by_code_points(ids, id_to_char):
    V = len(id_to_char)
    if np.any((ids < 0) | (ids >= V)):
        raise ValueError(f"ids must be from 0 to {V - 1}")
    points = np.array([ord(id_to_char[i]) for i in range(V)], dtype=np.uint32)[ids]
    return points.astype("<u4").tobytes().decode("utf-32-le")


@ONE_HOT.add
def one_hot_by_eye(ids, V):
    if np.any(ids < 0) or np.any(ids >= V):
        raise ValueError(f"ids must lie between 0 and {V - 1}")
    return np.eye(V)[ids]


@ONE_HOT.add
def one_hot_by_comparison(ids, V):
    x = np.arange(V) == np.expand_dims(ids, -1)
    if not x.any(axis=-1).all():
        raise ValueError("id out of range")
    return x.astype(np.float32)


@ONE_HOT.add
def one_hot_by_scalar_loops(ids, V):
    x = np.zeros((*ids.shape, V))
    for place in np.ndindex(ids.shape):
        i = ids[place]
        if not 0 <= i < V:
            raise ValueError(f"id {i} out of range")
        x[(*place, i)] = 1.0
    return x


@ONE_HOT.add
def one_hot_by_flat_rows(ids, V):
    flat = np.asarray(ids).reshape(-1)
    if flat.size and (flat.min() < 0 or flat.max() > V - 1):
        raise ValueError("id out of range")
    x = np.zeros((len(flat), V))
    x[np.arange(len(flat)), flat] = 1
    return x.reshape(*np.shape(ids), V)


@ONE_HOT.add
def one_hot_by_recursion(ids, V):
    if np.ndim(ids):
        return np.array([one_hot_by_recursion(row, V) for row in ids])
    if ids not in range(V):
        raise ValueError(f"{ids} is no id")
    return np.array([1 if v == ids else 0 for v in range(V)])


@ONE_HOT.add
def one_hot_in_place_on_its_own_array(ids, V):
    if not ((ids >= 0) & (ids < V)).all():
        raise ValueError("id out of range")
    x = np.zeros(ids.size * V)
    x[np.arange(ids.size) * V + ids.ravel()] += 1
    return x.reshape((*ids.shape, -1))


@BATCHES.add
def batches_by_scalar_loops(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B == 0:
        raise ValueError("text too short")
    inputs = np.zeros((B, N, T), dtype=int)
    targets = np.zeros((B, N, T), dtype=int)
    for b in range(B):
        for n in range(N):
            for t in range(T):
                place = n * B * T + b * T + t
                inputs[b, n, t] = ids[place]
                targets[b, n, t] = ids[place + 1]
    return inputs, targets


@BATCHES.add
def batches_by_index_array(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError(f"{len(ids)} ids are too few for one batch")
    b, n, t = np.ogrid[:B, :N, :T]
    places = n * B * T + b * T + t
    return ids[places], ids[places + 1]


@BATCHES.add
def batches_by_slices(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("too short")
    starts = [n * B * T for n in range(N)]
    inputs = [[ids[s + b * T : s + b * T + T] for s in starts] for b in range(B)]
    targets = [[ids[s + b * T + 1 : s + b * T + T + 1] for s in starts] for b in range(B)]
    return [np.array(inputs), np.array(targets)]


@BATCHES.add
def batches_by_split(ids, N, T):
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("too short")
    rows_in = np.stack(np.split(ids[: N * B * T], N))
    rows_out = np.stack(np.split(ids[1 : N * B * T + 1], N))
    return np.stack(np.split(rows_in, B, axis=1)), np.stack(np.split(rows_out, B, axis=1))


@BATCHES.add
def batches_by_windows(ids, N, T):
    windows = np.lib.stride_tricks.sliding_window_view(ids, T + 1)[::T]
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError("too short")
    windows = windows[: N * B].reshape(N, B, T + 1).transpose(1, 0, 2)
    return windows[:, :, :T], windows[:, :, 1:]


@BATCHES.add
def batches_with_einsum(ids, N, T):
    usable = len(ids) - 1
    usable -= usable % (N * T)
    if usable <= 0:
        raise ValueError("not one full batch")
    both = np.array([ids[:usable], ids[1 : usable + 1]]).reshape(2, N, -1, T)
    return tuple(np.einsum("knbt->kbnt", both))
