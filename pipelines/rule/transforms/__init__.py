"""Tables whose rows depend on the order of days, made by polars: one module a table.

A transform is named as its table; its positional parameters are the tables it reads and its keyword parameters
are policy parameters. It takes and returns lazy frames and reads nothing else.
"""
