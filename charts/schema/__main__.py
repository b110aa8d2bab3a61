"""`python -m charts.schema`: write what is written from the models."""

import re
from pathlib import Path

from charts.dashboard import dashboard_json
from charts.schema.write import readme_table, schema_json, values_yaml

CHART = Path(__file__).parents[1] / "tutti"


def main() -> None:
    """Write the files."""
    (CHART / "values.yaml").write_text(values_yaml())
    (CHART / "values.schema.json").write_text(schema_json())
    (CHART / "files/dashboard.json").write_text(dashboard_json())
    readme = CHART / "README.md"
    readme.write_text(re.sub(r"\| value \|.*\n(\|.*\n)*", lambda _: readme_table(), readme.read_text()))


if __name__ == "__main__":
    main()
