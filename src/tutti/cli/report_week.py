"""What the report says of a week: a line for each kind of day, and what they need together."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tutti.fleet.route import day_names


def show_week(console: Console, document: Mapping[str, Any]) -> None:
    """A table of the days of a week's document, the most frequent ones first."""
    parts = [document, *document["other_days"]]
    if not any(part["kpis"] for part in parts):
        return
    title = "The week, above its most frequent days" if document["kpis"] else "The week"
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    for name in ("days", "buses", "routes", "deadhead", "moved"):
        table.add_column(name, justify="left" if name == "days" else "right")
    for part in parts:
        days, kpis = day_names(part["days"]), part["kpis"]
        if not kpis:
            table.add_row(days, "no plan")
            continue
        moved = f"{kpis['changes']['moved_trips']} routes" if part is not document and "changes" in kpis else ""
        table.add_row(days, str(kpis["buses"]), str(kpis["trips"]), f"{kpis['deadhead_min']} min", moved)
    console.print()
    console.print(table)
