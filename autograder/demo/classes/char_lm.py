"""Unit 03: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import ALL, alone

PREDICTED = (
    # Both dicts agree with each other, whatever the order.
    alone("build_vocabulary", "ids_from_1", "order", "unicode", "sizes"),
    alone("build_vocabulary", "order_of_appearance", "order", "unicode"),
    alone("build_vocabulary", "dicts_swapped", ALL),
    alone("encode", "bare_key_error", "refused"),
    alone("encode", "unknown_added", "refused", "unchanged"),
    alone("decode", "characters_not_joined", ALL),
    alone("one_hot", "negative_id_wraps", "refused"),
    alone("one_hot", "characters_on_the_first_axis", "row", "batch", "sizes"),
    # With a single row or a single batch the order of the pieces is the same, with T = 1 it is not.
    alone("make_batches", "rows_not_contiguous", "inputs", "targets", "remainder", "sizes"),
    # Shows only where L is a multiple of N T, and N T ids are one too few for a batch.
    alone("make_batches", "roll_wraps_to_the_first", "remainder", "refused"),
)
