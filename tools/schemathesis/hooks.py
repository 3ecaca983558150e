"""Schemathesis as a customer: a new account with money in its wallet, and its token on each request.

An Idempotency-Key names one intent, and a second intent under it is refused (422). A generator repeats short keys, so
one that was used already becomes a new one.
"""

import json
import os
import urllib.request
import uuid

import schemathesis

URL = os.environ["SEAMS_URL"]


def post(path, body, headers):
    request = urllib.request.Request(
        URL + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


# A token is valid for 900 s.
@schemathesis.auth(refresh_interval=600)
class Customer:
    def get(self, case, context):
        account = {
            "email": f"{uuid.uuid4()}@schemathesis.example",
            "password": str(uuid.uuid4()),
            "displayName": "Schemathesis",
        }
        token = post("/v1/auth/register", account, {})["accessToken"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
        post("/v1/wallet/top-ups", {"amountCents": 100_000}, headers)
        return token

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


used_keys = set()


# Not in `set` above: Schemathesis no longer generates a header that its auth hook changed.
@schemathesis.hook
def before_call(context, case, kwargs):
    key = (case.headers or {}).get("Idempotency-Key")
    if key in used_keys:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    elif key is not None:
        used_keys.add(key)
