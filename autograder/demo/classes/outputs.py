"""Unit 02: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import ALL, alone

PREDICTED = (
    # The backward reads only the cache, which these two leave as it should be.
    alone("output_forward", "scores_without_bias", "scores", "bias", "sizes"),
    alone("output_forward", "tanh_of_the_scores", "scores", "bias", "sizes"),
    # With one sequence of one step, mean and sum are the same; "as many classes" still tells.
    alone("output_backward", "mean_for_sum", "weights", "bias", "sizes"),
    alone("output_backward", "dh_without_transpose", ALL),
    alone("output_backward", "changes_the_cache", "unchanged"),
    # Padding holds scores of 20 at most, whose exp is still finite.
    alone("softmax_cross_entropy", "no_maximum_subtracted", "large"),
    # The loss of the first is right, and its gradient is not looked at again beside padding.
    alone("softmax_cross_entropy", "mask_missing_in_the_gradient", "mask", "sizes"),
    alone(
        *("softmax_cross_entropy", "masked_sum_divided_by_all_steps"),
        *("mask", "padding", "no_target", "sizes"),
    ),
    # The single sequence is many-to-many, too.
    alone("loss_mask", "many_to_many_starts_one_step_late", "many_to_many", "sizes"),
    alone("pad_and_mask", "mask_from_the_zeros", "ids"),
)
