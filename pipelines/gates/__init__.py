"""Room of the gates: the suites of ``expectations/`` judge what landed before anything is audited.

In: a catalog over the landed files. Out: one result a check; a critical failure stops the run.
"""
