"""Room of what people read: workbook, pages and letters, made from the published audit and the decisions alone.

In: a published folder, and the payer's own words where there are any. Out: files that have the same bytes whenever they
are made again.
"""
