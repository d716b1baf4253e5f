"""Room of layouts: how files of one origin become rows of the canonical tables, one module a layout.

A layout says which files are its own and which of their columns it reads, and gives one projection a canonical table:
SQL over the relation `source`, which holds the file's columns by lower-case name.

In: a file's name, columns and physical types. Out: projections, and the SQL that normalises and judges their rows.
"""
