"""A service that has users: who is one, and who is none."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.days import day
from tests.services import serve_to
from tutti import AsyncClient, Client
from tutti.client import UnauthorizedError
from tutti.fleet.errors import InputError

PASSWORD = "a password/of anna"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with one user."""
    with serve_to(tmp_path_factory.mktemp("data"), anna=PASSWORD) as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    """The address with the user's name and password."""
    return server.replace("//", "//anna:a%20password%2Fof%20anna@")


def test_a_user_is_let_in_by_the_address_or_by_a_token(server: str, address: str) -> None:
    for client in (Client(address), Client(server, token=PASSWORD), Client(address, token="the address wins")):
        with client:
            assert client.wait(client.submit(day(2)).id).route_count == 2


def test_the_async_client_too(server: str) -> None:
    async def planned() -> int:
        async with AsyncClient(server, token=PASSWORD) as client:
            return (await client.wait((await client.submit(day(2))).id)).route_count

    assert asyncio.run(planned()) == 2


@pytest.mark.parametrize("token", [None, "anna"])
def test_who_is_no_user_is_told_so_at_once_also_while_watching(server: str, token: str | None) -> None:
    with Client(server, token=token) as client:
        client._known = True  # it would be patient if the service were away
        for ask in (client.job, lambda job_id: next(client.watch(job_id)), client.wait):
            with pytest.raises(UnauthorizedError, match="the name and password of a user are needed") as refused:
                ask("any")
            assert refused.value.status == 401


@pytest.mark.parametrize("token", ["", "früh", "a\nb", " before", "behind "])
def test_a_token_that_no_header_can_carry_is_bad_input_and_not_shown(token: str) -> None:
    with pytest.raises(InputError, match="token: can't be sent by itself") as refused:
        Client(token=token)
    assert not token or token not in str(refused.value)
