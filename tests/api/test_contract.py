"""Whatever the OpenAPI document allows, and much that it does not, gets an answer that the document describes."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import BaseSchema, Case

from tests.api.conftest import Client, Start
from tutti.api.app import create_app
from tutti.api.context import make_context
from tutti.settings import Settings

CHECKS = {
    "positive_data_acceptance": {"enabled": False},  # what makes a day that can be planned is more than a schema says
    "negative_data_rejection": {"expected-statuses": [404, 405, 406, 413, 415, 422]},  # too many routes are a 413
}
PASSWORD = "a-password-of-anna"


def documented(**chosen: Any) -> BaseSchema:
    """What a service with these settings says of itself."""
    config = schemathesis.Config.from_dict({"checks": CHECKS})
    document = schemathesis.openapi.from_dict(create_app(make_context(Settings(**chosen))).openapi(), config=config)
    return document.exclude(path="/tasks/{task_id}")  # without Celery it is always a 503, which has a test of its own


def users(folder: Path) -> str:
    """A folder with one user."""
    (folder / "anna").write_text(PASSWORD)
    return str(folder)


@pytest.fixture
def guarded(start: Start, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return start(settings.model_copy(update={"users_dir": users(tmp_path_factory.mktemp("users"))}))


schema = documented()
with TemporaryDirectory() as folder:
    guarded_schema = documented(users_dir=users(Path(folder)))


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Case[Any], client: Client) -> None:
    case.call_and_validate(base_url=str(client.base_url), timeout=60)


@guarded_schema.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_where_there_are_users_their_answers_are_and_nobody_else_has_one(case: Case[Any], guarded: Client) -> None:
    as_user = {"Authorization": f"Bearer {PASSWORD}"}
    case.call_and_validate(base_url=str(guarded.base_url), headers=as_user, timeout=60)
