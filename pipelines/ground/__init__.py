"""The ground all rooms stand on: DuckDB's door, files, locks, encryption, settings, errors. It knows nothing of claims.

In: paths and values. Out: the same behaviour for every room.
"""
