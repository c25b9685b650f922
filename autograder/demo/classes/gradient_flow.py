"""Unit 06: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import ALL, PredictedMistake


def _alone(exercise: str, mistake: str, *fails: str) -> PredictedMistake:
    return PredictedMistake(exercise, mistake, {exercise: fails})


PREDICTED = (
    # One unit's matrix is its own transpose, and without a step nothing is transposed.
    _alone("linear_gradient_norms", "forward_matrix", "powers", "eigenvalues", "transient"),
    _alone(
        "linear_gradient_norms",
        "starts_after_one_step",
        "powers",
        "eigenvalues",
        "transient",
        "sizes",
    ),
    _alone("linear_gradient_norms", "writes_into_g", "unchanged"),
    # Where tanh does nothing its derivative cannot be missed.
    _alone("jacobian_product_norms", "without_tanh", "norms", "saturated", "long", "sizes"),
    # Of a single number the Frobenius norm is the spectral norm, of a step between two states not.
    _alone(
        "jacobian_product_norms",
        "frobenius_norm",
        "norms",
        "linear",
        "saturated",
        "long",
        "sizes",
    ),
    # One unit has no order, and with two states there is one factor.
    _alone("jacobian_product_norms", "factors_in_the_wrong_order", "norms", "saturated", "long"),
    # The singular value is the radius of a single number, of hardly any other matrix.
    _alone(
        "rescale_spectral_radius",
        "singular_value_for_radius",
        "radius",
        "complex",
        "negative",
        "singular",
        "refuses",
    ),
    _alone("rescale_spectral_radius", "divides_by_zero", "refuses"),
    _alone("rescale_spectral_radius", "scales_in_place", "unchanged"),
    # Each matrix is orthogonal; two rows or three, the signs are those that LAPACK likes.
    _alone("orthogonal", "signs_not_fixed", "signs"),
    _alone("orthogonal", "pair_returned", ALL),
)
