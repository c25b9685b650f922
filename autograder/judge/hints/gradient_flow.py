"""Unit 06: hints."""

HINTS = {
    "linear_gradient_norms": (
        "Going forward a state is multiplied by W. What is a gradient multiplied by on the way "
        "back, and which length stands before the first step?",
        "After k steps back the gradient is g (W^T)^k. Entry k of the result is its Euclidean "
        "length, the root of the sum of squares, for k from 0 to T - 1.",
        "Keep the gradient in a variable that begins as g. T times: note its length in a list, "
        "then replace it by the product with the transpose of W, as a new array. Return the list "
        "as an array.",
    ),
    "jacobian_product_norms": (
        "Which two things happen to a gradient on one step back through tanh(x W_xh + h W_hh + "
        "b_h), and in which order? Which state's number does the derivative of tanh need?",
        "One step back multiplies by the diagonal matrix of 1 - h_t² and then by W_hh transposed. "
        "The matrix for lag k is the product for the last k states, the last state's factor on "
        "the left. Its spectral norm is its largest singular value.",
        "Begin with the identity and its norm, 1. Walk from the last state down to the second "
        "one. Each time multiply the product, on its right, by the state's derivative and by the "
        "transpose of the weights, and note the norm of order 2. Return all T of them.",
    ),
    "rescale_spectral_radius": (
        "A factor multiplies every eigenvalue alike. Which eigenvalue of W decides the radius, if "
        "some are negative or complex? And what if all of them are 0?",
        "The radius is the maximum of the absolute values of all eigenvalues; of a complex "
        "number a + bi that is the root of a² + b². The result is W times rho over the radius.",
        "Ask NumPy's linear algebra for the eigenvalues of a general matrix. Take absolute "
        "values, then the maximum. Raise a ValueError if it is 0. Otherwise return a new array, "
        "W times the quotient.",
    ),
    "orthogonal": (
        "NumPy's QR decomposition splits any matrix into an orthogonal Q and a triangular R. "
        "Draw a few with 2 rows and look at the first entry of each Q: is it ever positive?",
        "Draw a matrix of normal numbers with rng and split it. Q is unique only if R's diagonal "
        "is positive, so multiply each column of Q by the sign of R's entry on the diagonal.",
        "Draw an H by H array from rng's normal distribution. Split it with NumPy's QR. Take the "
        "diagonal of R, take its signs, and multiply Q by them so that column j gets sign j. "
        "Return the product alone.",
    ),
}
