"""Room of intake: delivered files in any known layout become typed Parquet, never changed, and a ledger.

In: a folder of files. Out: ``landed/``, rows counted in and out, and the schema ``landed``.
"""
