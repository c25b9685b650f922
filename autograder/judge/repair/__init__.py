"""Where a mistake lies, proven by repair: small changes of a learner's own code, tried one by one.

Nothing here knows a model answer's text. What is told is where a change made the check pass, never
what was put there.
"""
