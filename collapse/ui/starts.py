"""Write down what every page starts with today: `python -m collapse.ui.starts`, whenever a test asks for it."""

import json
from datetime import date
from pathlib import Path

import collapse
from collapse.ui.book import lessons
from collapse.ui.panels import PanelDesk


def today() -> dict[str, dict[str, str]]:
    """The full link of every page as it starts, by its name, or by `name?panel=…`."""
    found = {}
    for lesson in lessons():
        panels = lesson.desk.panels if issubclass(lesson.desk, PanelDesk) else {"": None}
        for panel in panels:
            desk = lesson.desk(lesson.name, lesson.base, lesson.offers, lesson.base)
            desk.read({"panel": panel} if panel else {})
            found[f"{lesson.name}?panel={panel}" if panel else lesson.name] = desk.link()
    return found


if __name__ == "__main__":
    path = Path(collapse.__file__).parent / "starts" / f"{date.today()}.json"
    path.write_text(json.dumps(today(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(path)
