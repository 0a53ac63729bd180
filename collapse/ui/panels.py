"""A page of panels, of which one is open: each has a scenario of its own to begin with, and its own sliders and presets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import streamlit as st

from collapse.scenario import Scenario
from collapse.spec import shown
from collapse.ui.controls import Dial, Preset
from collapse.ui.desk import Desk
from collapse.ui.lesson import Lesson
from collapse.visits import PanelVisit


@dataclass(frozen=True)
class Panel:
    """`title`: what the button says; `base`: what it begins with; `dials`, `presets`, `more` and `offers` as of a lesson."""

    title: str
    base: Scenario
    dials: tuple[Dial, ...]
    presets: tuple[Preset, ...]
    more: Mapping[str, str]
    offers: Mapping[str, tuple[str, ...]]


@dataclass
class PanelDesk(Desk):
    """A desk with panels; a page of panels makes a subclass that names its own."""

    panels: ClassVar[Mapping[str, Panel]]
    sections: ClassVar[tuple[str, ...]] = ("panel",)

    visit: PanelVisit = field(default_factory=PanelVisit)

    @property
    def panel(self) -> Panel:
        """The panel that is open: the first one, unless another was chosen."""
        return self.panels[self.opened]

    @property
    def opened(self) -> str:
        """Its name, as a link says it."""
        return self.visit.panel if self.visit.panel in self.panels else next(iter(self.panels))

    def dials(self, usual: Sequence[Dial]) -> Sequence[Dial]:
        return self.panel.dials

    def presets(self, usual: Sequence[Preset]) -> Sequence[Preset]:
        return self.panel.presets

    def more(self) -> dict[str, str]:
        """The other controls of the open panel: those that its scenario has, and no slider."""
        there = {*self.scenario.to_query()} - {dial.key for dial in self.panel.dials}
        return {key: label for key, label in self.panel.more.items() if key in there}

    def read(self, query: Mapping[str, str | list[str]]) -> None:
        """A link may name its panel; what it leaves open is as that panel begins."""
        asked = query.get("panel")
        if isinstance(asked, str) and asked in self.panels:
            self._begin(self.panels[asked])
            super().read(query)
            return
        super().read({key: value for key, value in query.items() if key != "panel" or not isinstance(value, str)})
        self.visit = replace(self.visit, panel=self.opened)
        if isinstance(asked, str):
            self.refused.append(
                f"This page has no panel {shown(asked)}, which the link asks for. The first one is shown."
            )

    def link(self) -> dict[str, str]:
        return super().link() | {"panel": self.opened}

    def undo(self) -> None:
        super().undo()
        self.base, self.offers = self.panel.base, self.panel.offers

    def turn_to(self, name: str) -> None:
        """Open another panel, as it begins."""
        self.visit = replace(self.visit, panel=name)
        self._begin(self.panel)
        self.past = []
        self.refuse()

    def _begin(self, panel: Panel) -> None:
        self.base = self.scenario = panel.base
        self.offers = panel.offers


def tabs(desk: PanelDesk) -> None:
    """The choice of a panel."""
    if "panel" in desk.hidden:
        return
    key = f"{desk.page}_panel"
    st.session_state[key] = desk.opened

    def chosen() -> None:
        desk.turn_to(st.session_state[key] or desk.opened)

    st.segmented_control(
        "What to look at",
        list(desk.panels),
        key=key,
        on_change=chosen,
        required=True,
        disabled="panel" in desk.locked,
        format_func=lambda name: desk.panels[name].title,
        label_visibility="collapsed",
    )


def lesson_of(desk: type[PanelDesk], **own: Any) -> Lesson:
    """The lesson of a page of panels, which begins as its first panel does; `own`: what else a lesson says of itself."""
    first = next(iter(desk.panels.values()))
    return Lesson(
        base=first.base,
        offers=first.offers,
        dials=first.dials,
        presets=first.presets,
        more=lambda desk: desk.more(),
        before=tabs,
        desk=desk,
        **own,
    )
