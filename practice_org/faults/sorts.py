"""What a fault can befall; a place takes some sorts, a code is of one or more."""

from __future__ import annotations

from enum import Enum


class Sort(Enum):
    """The thing that goes wrong, as a person would say it."""

    TRANSPORT = "a request and its answer"
    LOGIN = "a login"
    CALL = "an API call"
    QUERY = "a query"
    LOCATOR = "a next page"
    SOAP = "a SOAP call"
    POLL = "a look at a deployment"
    BULK_CALL = "a Bulk API call"
    BULK_POLL = "a look at a bulk job"
    ROW = "one record of a write"
    NEW_ROW = "one record that is created"
    BULK_ROW = "one row of a bulk job"
    RESULT = "one row of the results"
    JOB = "a bulk job"
    VIEW = "what a query sees"
    DEPLOY = "a deployment"
    CANCEL = "a cancelled deployment"


# Befall whole requests, before or after the org has carried them out.
OF_REQUESTS = frozenset(
    {
        Sort.TRANSPORT,
        Sort.LOGIN,
        Sort.CALL,
        Sort.QUERY,
        Sort.LOCATOR,
        Sort.SOAP,
        Sort.POLL,
        Sort.BULK_CALL,
        Sort.BULK_POLL,
    }
)
