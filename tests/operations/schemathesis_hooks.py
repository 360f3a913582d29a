"""What Schemathesis sends is changed here, before it is sent."""

import uuid

import schemathesis

KEY = "Idempotency-Key"
MOST = 255


@schemathesis.hook
def map_headers(_context, headers):
    """Gives every request that makes something a key of its own.

    A key that is sent a second time gets the first answer, also where what was made is gone by then. That is what keys are
    for, and would be taken for a loss here.
    """
    key = headers.get(KEY) if headers else None
    own = f"{key}-{uuid.uuid4().hex}"
    if key and len(own) <= MOST:
        headers[KEY] = own
    return headers
