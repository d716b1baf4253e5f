"""Room of the tables whose rows depend on the order of days, made by polars: one module a table.

A transform is named as its table. It takes and returns lazy frames and reads nothing else.

In: positional parameters are the tables it reads, keyword parameters are parameters of a policy. Out: the table's rows.
"""
