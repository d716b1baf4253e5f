"""Room of the scheduler: the six stages as tasks of one Prefect flow. It holds no logic.

In: a plan. Out: the same outcome as the plain function, with a run page.
"""
