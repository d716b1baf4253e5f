"""Room of running: one night from plan to record, and what operators do around it, from status to rollback.

It alone knows the order of the stages and hands what one made to the next.

In: a plan (delivered files, output folder, settings, run date). Out: a published audit, ``status.json`` and the log, or
one sentence that says why not.
"""
