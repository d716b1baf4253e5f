"""Room of the published audit: the file built aside, checked, explained, swapped in, and the history of all publishes.

In: the run's working file with schema ``audit``. Out: ``published/`` and ``history/``.
"""
