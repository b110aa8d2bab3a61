"""Whatever the OpenAPI document allows, and much that it does not, gets an answer that the document describes."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.api.conftest import Client
from tutti.api.app import create_app
from tutti.api.context import make_context
from tutti.settings import Settings

CHECKS = {
    "positive_data_acceptance": {"enabled": False},  # what makes a day that can be planned is more than a schema says
    "negative_data_rejection": {"expected-statuses": [404, 405, 406, 413, 415, 422]},  # too many routes are a 413
}
document = schemathesis.openapi.from_dict(
    create_app(make_context(Settings())).openapi(), config=schemathesis.Config.from_dict({"checks": CHECKS})
)
schema = document.exclude(path="/tasks/{task_id}")  # without Celery it is always a 503, which has a test of its own


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Case[Any], client: Client) -> None:
    case.call_and_validate(base_url=str(client.base_url), timeout=60)
