# %% before rnn_step_forward
import math
from collections import Counter
from dataclasses import dataclass

import matplotlib.pyplot as plt


@dataclass
class Shapes:
    N: int
    H: int


def affine(a, W):
    return a @ W


# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    shapes = Shapes(*h_prev.shape)
    return np.tanh(affine(np.hstack([h_prev, x_t]), W) + b_h).reshape(shapes.N, shapes.H)


# %% after check_rnn_step_stacked
figure, axes = plt.subplots()
axes.plot([math.tanh(x / 10) for x in range(-30, 31)])
plt.show()
print(Counter("the attack ran").most_common(1), "the attack ran")
