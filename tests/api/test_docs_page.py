"""The page at `/docs`: it works on a network that leads nowhere else."""

import re

from tests.api.conftest import Client


def test_the_documentation_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/docs").text
    assert "://" not in page
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {asset.rpartition(".")[2] for asset in assets} == {"js", "css", "png"}
    assert [client.get(asset).status_code for asset in assets] == [200] * len(assets)
