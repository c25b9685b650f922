"""How untrusted code runs: a job goes in, a transcript of plain bytes comes out.

``engine`` runs jobs, ``transcript`` reads what came back and believes none of it, ``launcher``
knows how a sandbox is started, ``doctor`` tries to break out of it. ``inside`` is what runs there.
"""
