"""Room of the published audit: the file built aside, checked, explained, swapped in, and the history of all publishes.

In: the run's working file with schema ``audit``, facts of the run, results of the checks. Out: ``published/`` but its
workbook and pages, and ``history/``.
"""
