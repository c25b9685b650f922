"""Unit 07."""

HINTS = {
    "global_norm": (
        "Imagine all numbers of all arrays written one after the other into one long vector. How "
        "long is it, by Pythagoras?",
        "The norm is the square root of Σ g², the sum over every number of every array. The root "
        "is taken once, at the very end.",
        "Begin a total at zero. Go through the arrays of the dict; square all numbers of each and "
        "add their sum to the total. After the loop take the square root of the total and return "
        "it.",
    ),
    "clip_by_global_norm": (
        "There are three kinds of gradients: longer than max_norm, not longer, and unusable "
        "because inf or nan is in it. What is asked for each of them, and what always comes back "
        "beside it?",
        "A gradient longer than max_norm is multiplied by max_norm / norm, every array by the same "
        "number. A shorter one keeps its values, in new arrays. If the norm is inf or nan, all is "
        "zero.",
        "Measure the norm with your own function. If it is not a finite number, return zeros of "
        "the same shapes. Let the factor be 1, unless the norm is above the limit; then it is the "
        "limit divided by the norm. Make a new dict that holds the factor times each array. Return "
        "it with the norm that you measured.",
    ),
    "sgd_step": (
        "The gradient points uphill, and you want to go down. What is a new array, and what "
        "changes one that belongs to somebody else?",
        "Each new parameter is p - learning_rate · g, with the gradient of the same name.",
        "Make a new dict. For each name take the parameter minus the learning rate times the "
        "gradient of that name; this makes a new array. Do not use the operators that write into "
        "an array.",
    ),
    "adam_step": (
        "Write down what must be remembered from step to step: three things. What are they before "
        "the first step, when state is None?",
        "m ← beta1·m + (1 - beta1)·g and v ← beta2·v + (1 - beta2)·g², from zero. Then p moves by "
        "-learning_rate · m̂ / (√v̂ + epsilon), m̂ = m/(1 - beta1ᵗ), v̂ = v/(1 - beta2ᵗ); the first "
        "step has t = 1.",
        "If there is no state, begin with a count of 0 and zeros of each parameter's shape, twice. "
        "Count one step. For each name make new averages from the old ones and the gradient, "
        "divide each by one minus its constant to the power of the count, and move the parameter. "
        "Return the new parameters, and as state the count and both dicts of averages.",
    ),
    "train_step": (
        "Name the four things to return. Which of them are known before the parameters move?",
        "loss, grads and h_T come from loss_and_gradients at the old parameters. Clip the grads: "
        "that gives the clipped ones and the norm. sgd_step of the clipped ones gives the new "
        "parameters.",
        "Call the function you are handed once, with parameters, batch and first state. Clip what "
        "it gives, and keep the norm. Make the step of descent with the clipped gradients. Return "
        "new parameters, loss, norm and last state, in this order.",
    ),
}
