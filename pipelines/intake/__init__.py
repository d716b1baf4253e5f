"""Room of intake: delivered files in any known layout become typed Parquet, never changed, and an entry of the ledger.

In: a folder of files. Out: ``landed/``, with every row counted in and out, and the schema ``landed`` over all that ever
landed.
"""
