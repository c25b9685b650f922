"""Release, check, grade and report the course's notebooks.

The packages are named by who may be trusted: ``student`` runs beside student code, ``judge`` knows
the answers, ``sandbox`` runs what nobody may trust, ``grading`` and ``reports`` serve the
instructor. ``tests/architecture`` holds who may import whom.
"""
