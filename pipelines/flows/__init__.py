"""Room of the scheduler: the six stages as tasks of one Prefect flow. It holds no logic.

Another executor than this process is a room beside it.

In: a plan. Out: the same outcome as the plain function gives, and a page of the run in Prefect.
"""
