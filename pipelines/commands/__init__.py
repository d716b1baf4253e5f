"""Room of the command line: it reads clock and environment, takes words from people, calls rooms below and prints.

In: arguments. Out: results on standard output, sentences on standard error, an exit code.
"""
