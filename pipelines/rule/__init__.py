"""Room of the rule: policies, value sets, models and transforms; the stages narrow and audit.

In: the landed history. Out: schemas ``staging``, ``intermediate`` and ``audit`` of the run's working file.
"""
