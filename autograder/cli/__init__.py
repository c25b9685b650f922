"""The command line: its commands, the sessions that they hold, and how both speak."""


def main() -> None:
    """Run the command line."""
    from autograder.cli import run  # not before it is wanted: sessions are imported without it

    run.main()
