"""Room of what people read: workbook, pages, letters, made from the published audit and the decisions beside it alone.

In: a published folder. Out: the same bytes whenever they are made again.
"""
