"""What can be wrong with the sandbox itself, as opposed to what runs in it."""

from autograder.errors import AutograderError


class SandboxUnavailable(AutograderError):
    """This machine cannot confine untrusted code as it stands; the message says what to change."""
