"""The ground all rooms stand on: DuckDB's door, files, locks, encryption, errors. It knows nothing of claims.

In: paths, bytes and values. Out: the same behaviour for every room.
"""
