"""Room of the review: what people decided about cases, kept as events, and what follows from it.

In: workbooks and CSV sent back, and the published audit they speak of. Out: ``decisions/``, the standing of each case,
samples and figures.
"""
