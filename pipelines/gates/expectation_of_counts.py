"""The expectation that Great Expectations does not have: few enough rows of a check fail, as they were counted.

Great Expectations knows it by its name once this module is imported, which takes the seconds of its own import.
"""

from __future__ import annotations

from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation


class ExpectFailedRowsToBeTolerated(UnexpectedRowsExpectation):
    """No more rows fail a check than it tolerates: its query finds the row of the check among the counts if they do."""
