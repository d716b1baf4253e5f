"""Room of running: one night from plan to record, and what operators do around it, from status to rollback.

In: a plan and an output folder. Out: a published audit, ``status.json`` and the log, or one sentence that says why not.
"""
