"""Room of the rule: policies, value sets, vocabulary, models and transforms; the stages narrow and audit.

In: the landed history, dossiers and value sets. Out: the run's working file with schemas ``staging``, ``intermediate``
and ``audit``.
"""
