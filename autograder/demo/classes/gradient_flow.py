"""Unit 06: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import ALL, alone

PREDICTED = (
    # One unit's matrix is its own transpose, and without a step nothing is transposed.
    alone("linear_gradient_norms", "forward_matrix", "powers", "eigenvalues", "transient"),
    alone(
        "linear_gradient_norms",
        "starts_after_one_step",
        "powers",
        "eigenvalues",
        "transient",
        "sizes",
    ),
    alone("linear_gradient_norms", "writes_into_g", "unchanged"),
    # Where tanh does nothing its derivative cannot be missed.
    alone("jacobian_product_norms", "without_tanh", "norms", "saturated", "long", "sizes"),
    # Of a single number the Frobenius norm is the spectral norm, of a step between two states not.
    alone(
        "jacobian_product_norms",
        "frobenius_norm",
        "norms",
        "linear",
        "saturated",
        "long",
        "sizes",
    ),
    # One unit has no order, and with two states there is one factor.
    alone("jacobian_product_norms", "factors_in_the_wrong_order", "norms", "saturated", "long"),
    # The singular value is the radius of a single number, of hardly any other matrix.
    alone(
        "rescale_spectral_radius",
        "singular_value_for_radius",
        "radius",
        "complex",
        "negative",
        "singular",
        "refuses",
    ),
    alone("rescale_spectral_radius", "divides_by_zero", "refuses"),
    alone("rescale_spectral_radius", "scales_in_place", "unchanged"),
    # Each matrix is orthogonal; two rows or three, the signs are those that LAPACK likes.
    alone("orthogonal", "signs_not_fixed", "signs"),
    alone("orthogonal", "pair_returned", ALL),
)
