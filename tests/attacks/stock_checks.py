"""The checks that users of stock nbgrader write: assertions in view, hidden ones on others."""

NUMBERS = """\
rng = np.random.default_rng({seed})
N, D, H, T = {sizes}
x, h = rng.normal(size=(N, T, D)), rng.normal(size=(N, H))
W_xh, W_hh, b_h = rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H)
"""
IN_VIEW, HIDDEN = {"seed": 1, "sizes": "3, 2, 4, 5"}, {"seed": 2, "sizes": "2, 3, 5, 4"}

_RECURRENCE = {
    "rnn_step_forward": """\
h_t, _ = rnn_step_forward(x[:, 0], h, W_xh, W_hh, b_h)
assert h_t.shape == (N, H)
np.testing.assert_allclose(h_t, np.tanh(x[:, 0] @ W_xh + h @ W_hh + b_h))
""",
    "rnn_forward": """\
states, _ = rnn_forward(x, h, W_xh, W_hh, b_h)
assert states.shape == (N, T, H)
for t in range(T):
    h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
    np.testing.assert_allclose(states[:, t], h)
""",
    "stack_weights": """\
assert stack_weights(W_xh, W_hh).shape == (H + D, H)
np.testing.assert_allclose(stack_weights(W_xh, W_hh), np.concatenate([W_hh, W_xh]))
""",
    "rnn_step_stacked": """\
W = np.concatenate([W_hh, W_xh])
h_t = rnn_step_stacked(x[:, 0], h, W, b_h)
assert h_t.shape == (N, H)
np.testing.assert_allclose(h_t, np.tanh(x[:, 0] @ W_xh + h @ W_hh + b_h))
""",
}
_BPTT = {
    "rnn_step_backward": """\
h_t, cache = rnn_step_forward(x[:, 0], h, W_xh, W_hh, b_h)
dh = rng.normal(size=(N, H))
da = dh * (1 - h_t**2)
expected = da @ W_xh.T, da @ W_hh.T, x[:, 0].T @ da, h.T @ da, da.sum(axis=0)
for gradient, wanted in zip(rnn_step_backward(dh, cache), expected, strict=True):
    np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-8)
""",
    "rnn_backward": """\
states, cache = rnn_forward(x, h, W_xh, W_hh, b_h)
dh = rng.normal(size=states.shape)
carry, wanted = 0, 0
for t in reversed(range(T)):
    da = (dh[:, t] + carry) * (1 - states[:, t] ** 2)
    wanted = wanted + (states[:, t - 1] if t else h).T @ da
    carry = da @ W_hh.T
dx, dh_0, dW_xh, dW_hh, db_h = rnn_backward(dh, cache)
assert (dx.shape, dW_xh.shape, db_h.shape) == (x.shape, W_xh.shape, b_h.shape)
np.testing.assert_allclose(dh_0, carry, rtol=1e-5, atol=1e-8)
np.testing.assert_allclose(dW_hh, wanted, rtol=1e-5, atol=1e-8)
""",
    "per_step_weight_gradient": """\
states, cache = rnn_forward(x, h, W_xh, W_hh, b_h)
dh = rng.normal(size=states.shape)
shares = per_step_weight_gradient(dh, cache)
assert shares.shape == (T, H, H)
np.testing.assert_allclose(shares.sum(axis=0), rnn_backward(dh, cache)[3], rtol=1e-5, atol=1e-8)
""",
    "truncated_bptt": """\
states, cache = rnn_forward(x, h, W_xh, W_hh, b_h)
dh = rng.normal(size=states.shape)
for gradient, wanted in zip(truncated_bptt(dh, cache, T), rnn_backward(dh, cache), strict=True):
    np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-8)
""",
}
_TEXTS = """\
text = "".join(rng.choice(list("unrolled, again"), size=40))
char_to_id, id_to_char = build_vocabulary(text)
"""
_CHAR_LM = {
    "build_vocabulary": _TEXTS
    + """\
assert list(char_to_id) == sorted(set(text))
assert [id_to_char[i] for i in char_to_id.values()] == list(char_to_id)
""",
    "encode": _TEXTS
    + """\
assert encode(text, char_to_id).tolist() == [sorted(set(text)).index(c) for c in text]
""",
    "decode": _TEXTS
    + """\
assert decode([sorted(set(text)).index(c) for c in text], id_to_char) == text
""",
    "one_hot": """\
ids = rng.integers(H, size=(N, T))
np.testing.assert_array_equal(one_hot(ids, H), np.eye(H)[ids])
""",
    "make_batches": """\
ids = rng.integers(9, size=3 * N * T + 2)
inputs, targets = make_batches(ids, N, T)
assert inputs.shape == targets.shape == (3, N, T)
np.testing.assert_array_equal(inputs[0, 0], ids[:T])
np.testing.assert_array_equal(targets[0, 0], ids[1 : T + 1])
""",
}
_SAMPLING = {
    "softmax_temperature": """\
scores = rng.normal(size=H)
p = np.exp(scores / 0.7)
np.testing.assert_allclose(softmax_temperature(scores, 0.7), p / p.sum())
""",
    "sample": """\
params = {
    "W_xh": rng.normal(size=(T, H)), "W_hh": rng.normal(size=(H, H)), "b_h": rng.normal(size=H),
    "W_hy": rng.normal(size=(H, T)), "b_y": rng.normal(size=T),
}
ids = sample(params, np.zeros((1, H)), 0, 12, 1.0, np.random.default_rng(0))
assert len(ids) == 12 and set(ids) <= set(range(T))
""",
}
_GRADIENT_FLOW = {
    "linear_gradient_norms": """\
W, g = rng.normal(size=(H, H)), rng.normal(size=H)
wanted = [np.linalg.norm(np.linalg.matrix_power(W, k) @ g) for k in range(T)]
np.testing.assert_allclose(linear_gradient_norms(W, g, T), wanted)
""",
    "jacobian_product_norms": """\
assert jacobian_product_norms(np.tanh(rng.normal(size=(T, H))), W_hh).shape == (T,)
""",
    "rescale_spectral_radius": """\
scaled = rescale_spectral_radius(W_hh, 0.9)
np.testing.assert_allclose(np.abs(np.linalg.eigvals(scaled)).max(), 0.9)
""",
    "orthogonal": """\
Q = orthogonal(H, rng)
np.testing.assert_allclose(Q @ Q.T, np.eye(H), atol=1e-9)
""",
}
#: By unit, then by exercise.
ASSERTIONS = {
    "recurrence": _RECURRENCE,
    "char_lm": _CHAR_LM,
    "sampling": _SAMPLING,
    "bptt": _BPTT,
    "gradient_flow": _GRADIENT_FLOW,
}


def stock_check(unit: str, exercise: str) -> str:
    """Return the text of the cell that checks `exercise`."""
    asserted = ASSERTIONS[unit][exercise]
    shown, hidden = (NUMBERS.format(**numbers) + asserted for numbers in (IN_VIEW, HIDDEN))
    return f"{shown}### BEGIN HIDDEN TESTS\n{hidden}### END HIDDEN TESTS"
