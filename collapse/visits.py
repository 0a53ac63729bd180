"""How a page is looked at: everything that a page's link says besides its scenario.  Nothing here changes a number.

`LOOKS` holds the keys, all derived: of the visits from their knobs, of the stages from the knobs of `Rule`.
"""

from dataclasses import dataclass

from collapse.arena import Arena, Endurance, Purse
from collapse.compose import dials
from collapse.metrics import METRICS
from collapse.phase import ONSETS
from collapse.scenario import Scenario
from collapse.spec import Spec, knob
from collapse.stages import FORMER, Rule

AUTO = "auto"
HIDE, LOCK = "hide", "lock"  # names of controls that a link takes away, or fixes
SECTIONS = ("stage", "show", "presets", "more", "teach")  # what a link may hide or lock on every page besides its knobs
STAGE = "stage."  # before a threshold of the stages
ARENA, PRICE, LOST = "arena.", "price.", "lost."  # before a choice, a price and the rule of survival of the arena
TWIN = "twin."  # before a value of the pinned run
AXES, ENDS = ("across", "up"), ".ends"  # `across.ends=5,200`: where an axis of the map begins and ends
PANELS = (  # of all pages
    *("sampling", "expressivity", "approximation", "together"),
    *("numbers", "groups", "names", "text", "images"),
    *("alike", "bias", "wrong", "price"),
    *("data", "human", "decoding", "detectors", "when", "weight", "arena"),
)
NUMBERS = (
    "n",
    "generations",
    *dict.fromkeys(
        f"{part}.{name}"
        for part, table in Scenario.parts().items()
        for kind in table.values()
        for name, rule in kind.knobs().items()
        if not rule.choices
    ),
)  # every number that some scenario can turn


@dataclass(frozen=True)
class Visit(Spec):
    """How a page is looked at."""

    kind = "visit"

    show: str = knob(
        "typical",
        "which chain is shown",
        label="chain shown",
        choices={"typical": "Middle", "lucky": "Kept more", "unlucky": "Kept less"},
    )
    controls: str = knob(
        "live", "live sliders, or plain ones that need no scripts", label="controls", choices=("live", "plain")
    )


@dataclass(frozen=True)
class PanelVisit(Visit):
    """How a page of panels is looked at: which of them is open; which there are, the page knows."""

    panel: str = knob("", "which panel of the page is open", label="panel", choices=("", *PANELS))


@dataclass(frozen=True)
class PreventionVisit(PanelVisit):
    """How *Prevention* is looked at: the weight that its panel about weights tries besides others."""

    weight: float = knob(
        0.5,
        "how much real examples weigh together; the AI-made ones weigh the rest",
        label="weight of the real data",
        low=0.05,
        high=1.0,
    )


@dataclass(frozen=True)
class LabVisit(Visit):
    """How the Laboratory is looked at: what is watched, and what its map is of."""

    metric: str = knob(AUTO, "what is watched over the generations", label="what to watch", choices=(AUTO, *METRICS))
    across: str = knob("n", "the axis of the map from left to right", label="across", choices=NUMBERS)
    up: str = knob("policy.synthetic", "the axis of the map from bottom to top", label="up", choices=NUMBERS)
    shows: str = knob(AUTO, "what the colour of the map means", label="colour", choices=(AUTO, *METRICS, *ONSETS))

    def axes(self, scenario: Scenario) -> tuple[str, str]:
        """The two axes of the map: those chosen, where this scenario has them."""
        there = [key for key in dials(scenario) if key in NUMBERS]
        across = self.across if self.across in there else "n"
        there.remove(across)
        return across, self.up if self.up in there else there[0]


LOOKS = frozenset(
    [
        HIDE,
        LOCK,
        *PreventionVisit.knobs(),
        *LabVisit.knobs(),
        *(name + ENDS for name in AXES),
        *(STAGE + name for name in (*Rule.knobs(), *FORMER)),
        *(ARENA + name for name in Arena.knobs()),
        *(PRICE + name for name in Purse.knobs()),
        *(LOST + name for name in Endurance.knobs()),
    ]
)
