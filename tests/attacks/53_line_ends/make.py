ends = ("\u2028", "\u2029", "\x85", "\x0b", "\x1c")
hidden = "".join(f"#{end}print('found a line')\n" for end in ends)
called("rnn_step_stacked")["source"] = (
    hidden + "def rnn_step_stacked(x_t, h_prev, W, b_h):\r    return h_prev * 0\r\n"
)
write()
