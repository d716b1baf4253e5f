"""Room of the gates: the suites of ``expectations/`` judge what landed before anything is audited.

In: a DuckDB file with the schema ``landed``. Out: one result a check, in counts and never in values; a critical failure
stops the run.
"""
