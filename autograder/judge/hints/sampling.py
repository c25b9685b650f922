"""Unit 04: hints."""

HINTS = {
    "softmax_temperature": (
        "What has to happen to the scores before the exponential, and along which axis must the "
        "results sum to 1? Try scores of 1000: the exponential alone is far too large for a float.",
        "p_i = exp(s_i / τ) over the sum of exp(s_j / τ) along the last axis. Subtracting the same "
        "number from all scores of a row changes nothing, so subtract each row's maximum first.",
        "Refuse a temperature that is not above 0. Take the maximum along the last axis, keeping "
        "that axis with length 1, and subtract it in a new array. Divide by the temperature, "
        "take the exponential, and divide by the sum along the last axis, again keeping it.",
    ),
    "sample": (
        "Two things change from step to step and must be handed on: which two? Follow the arrows "
        "in the picture: where does the drawn character go?",
        "Each step: h_t from the one-hot of the last character and h_{t-1}; scores from h_t; "
        "p = softmax(scores / τ); draw the next character with probabilities p. It becomes the "
        "last character.",
        "Keep the state and the last id in two variables, starting with h_0 and first_id. In a "
        "loop of the asked length: one-hot, step, output layer, your softmax, one draw with "
        "rng. Add the drawn id to a list, leave the loop if it is the stop id. Return the list "
        "as an array of integers.",
    ),
}
