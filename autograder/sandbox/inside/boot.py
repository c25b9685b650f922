"""First lines of the server: where modules may come from, and nothing else.

Started as ``python -I -S -B boot.py CONTROL SITE UNIT``: isolated, without site-packages.
"""

import sys


def main() -> None:
    """Run the server on the control socket whose descriptor is the first argument."""
    control, site, unit = sys.argv[1:4]
    sys.path += [site, unit]
    sys.argv[:] = [""]
    from autograder.sandbox.inside.server import serve

    serve(int(control))


if __name__ == "__main__":
    main()
