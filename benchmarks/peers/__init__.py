"""What a user would write instead for the narrow question: a script of DuckDB, of pandas, of PySpark.

The question: members with an implant billed for unspecified low back pain, by the day of their first, with their
exercise dates and the drug classes filled in the year before. Each script reads the delivered files and the codes of
our value sets, and writes the same rows; ``run`` holds them beside a night of ours on the same files.
"""
