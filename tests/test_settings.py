from pathlib import Path

import pytest

from tutti.fleet.errors import InputError
from tutti.settings import Settings, read_settings, settings_reference

REFERENCE = Path(__file__).parent.parent / "docs" / "reference" / "settings.md"


def test_the_reference_names_every_setting_as_the_code_has_it() -> None:
    assert settings_reference() in REFERENCE.read_text(), "put the output of settings_reference() into the page"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_SLOTS", "7")
    assert Settings().slots == 7


def test_a_setting_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_LEASE_S", "0")
    with pytest.raises(InputError, match="lease_s"):
        read_settings()


def test_without_a_database_url_the_store_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).store_url == f"sqlite:///{tmp_path}/tutti.db"
