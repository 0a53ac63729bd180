"""What a generation costs and what it is worth: a calculator in which every number is the visitor's to change.

Worth is counted in examples, not in money: a model is worth n_eff if a fit to so many fresh real examples would be as near to the
truth (`laws.ensembles.worth`).  What such a fit would cost is what the model is worth in money.  No documented case is known of a
large model that got worse by collapse, so this prices a risk, and not a fact.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from collapse.data import Array
from collapse.laws.ensembles import worth
from collapse.scenario import Scenario
from collapse.spec import Spec, knob

DEAREST = 1e6
ROUNDING = 1e-9  # the first model is worth just what it costs


@dataclass(frozen=True)
class Prices(Spec):
    """What examples and fits cost, in a currency of the visitor's own; none of these numbers is from a source."""

    kind: ClassVar[str] = "prices"
    says: ClassVar[str] = "what examples and fits cost"

    real: float = knob(1.0, "price of a fresh real example", label="price of a real example", low=0.0, high=DEAREST)
    synthetic: float = knob(
        0.05, "price of an AI-made example", label="price of an AI-made example", low=0.0, high=DEAREST
    )
    fitting: float = knob(
        0.01,
        "price of looking at an example once in training",
        label="training on an example once",
        low=0.0,
        high=DEAREST,
    )
    epochs: int = knob(
        1, "how often training looks at each example", label="epochs of a training", low=1, high=1000, log=True
    )

    def of(self, synthetic: float, real: float, trained: float) -> float:
        """c_syn·n_syn + c_real·n_real + c_fit·n·epochs: so many new examples of either kind, and so many that are trained on."""
        return self.synthetic * synthetic + self.real * real + self.fitting * trained * self.epochs

    def replacement(self, examples: Array) -> Array:
        """What a model costs that is fitted to so many fresh real examples."""
        return np.asarray(examples * (self.real + self.fitting * self.epochs))


class Account(NamedTuple):
    """Price and worth of the generations 1 to T of a run, each (T,).

    `price` of the examples and of the fit; `paid`: all prices so far; `worth`: n_eff, in real examples; `value`: what a fit to so
    many would cost; `marginal`: what is gained in value by this generation over the one before, in the first over nothing.
    """

    price: Array
    paid: Array
    worth: Array
    value: Array
    marginal: Array

    @property
    def each(self) -> Array:
        """All that was paid so far ÷ the real examples that the model is worth, (T,)."""
        return np.asarray(self.paid / self.worth)

    @property
    def break_even(self) -> int | None:
        """The first generation that is worth less than its own retraining costs; None if there is none in this run."""
        below = np.flatnonzero(self.value < self.price * (1 - ROUNDING))
        return int(below[0]) + 1 if len(below) else None

    @property
    def last_gain(self) -> int:
        """The last generation that added more value than it cost; 0 if none did."""
        pays = np.flatnonzero(self.marginal >= self.price * (1 - ROUNDING))
        return int(pays[-1]) + 1 if len(pays) else 0


def account(scenario: Scenario, prices: Prices, examples: Array | None = None) -> Account | None:
    """The account of a scenario; None where no law of its worth is known.

    `examples`: n_eff of the generations 1 to T, (T,), by default by the law.  The first model learns n real examples.  Only what
    is new is paid for; of an archive all of it is trained on.  A curator draws more, which is not counted; so there is no account
    with one, unless the worth is given.
    With only synthetic data n_eff is about n/t, so break-even comes at t = (c_real + c_fit·epochs) ÷ (c_syn + c_fit·epochs).
    Example: `account(Scenario(n=100), Prices()).break_even`.
    """
    s = scenario
    if examples is None:
        curve = None if s.curator.single else worth(s)
        if curve is None:
            return None
        examples = curve[1:]
    t = np.arange(1, s.generations + 1)
    fed = zip(map(s.policy.at, t.tolist()), s.policy.amounts(s.n, s.generations), strict=True)
    price = np.array([prices.of(p.split(s.n)[1], p.renewed(s.n), float(size)) for p, size in fed])
    price[0] = prices.of(0, s.n, s.n)
    value = prices.replacement(examples)
    return Account(price, np.cumsum(price), examples, value, np.diff(value, prepend=0.0))


@dataclass(frozen=True)
class Commons(Spec):
    """Firms whose models learn from one pool of text, to which each adds n examples a generation: real ones, or cheaper made ones.

    At a real share α of the pool a model is worth n_eff = n(2α − α²) + 1 − α in the long run (the steady state of fresh real data).
    A firm that generates a share of its own examples saves the whole difference of the prices, and bears 1/g of what the pool loses.
    """

    kind: ClassVar[str] = "commons"
    says: ClassVar[str] = "firms that learn from one pool"

    firms: int = knob(10, "firms that learn from the pool", label="firms", low=1, high=1000, log=True)
    n: int = knob(
        100, "examples that each firm adds in a generation", label="examples", low=2, high=1_000_000, log=True
    )
    saving: float = knob(
        0.1,
        "what a firm saves with each example that it generates",
        label="saving by generating",
        low=0.0,
        high=DEAREST,
    )
    value: float = knob(
        1.0,
        "what a firm earns with each additional real example that its model is worth",
        label="value of an example",
        low=0.0,
        high=DEAREST,
    )

    def worth(self, real: Array | float) -> Array:
        """n_eff of every model at a real share of the pool."""
        alpha = np.asarray(real, dtype=float)
        return np.asarray(self.n * (2 * alpha - alpha**2) + 1 - alpha)

    def profit(self, own: Array | float, others: Array | float) -> Array:
        """What a firm has from its model less what its real examples cost it beyond made ones, if a share `own` of what it adds is
        real, and a share `others` of what all other firms add."""
        own, others = np.asarray(own, dtype=float), np.asarray(others, dtype=float)
        pool = (own + (self.firms - 1) * others) / self.firms
        return np.asarray(self.value * self.worth(pool) - self.saving * self.n * own)

    @property
    def alone(self) -> float:
        """The real share at which no firm gains by another share of its own (a Nash equilibrium): 1 − g r/2 − 1/(2n), r = saving ÷
        value, between 0 and 1."""
        return self._share(self.firms)

    @property
    def best(self) -> float:
        """The real share at which all firms together gain most: 1 − r/2 − 1/(2n), between 0 and 1."""
        return self._share(1)

    def _share(self, bearers: int) -> float:
        """Where the slope of n_eff, 2n(1 − α) − 1, is what an example saves, in units of the part of its value that counts."""
        if self.saving == 0:
            return 1 - 1 / (2 * self.n) if self.value else 1.0
        if self.value == 0:
            return 0.0
        return float(np.clip(1 - bearers * self.saving / self.value / 2 - 1 / (2 * self.n), 0.0, 1.0))

    @property
    def lost(self) -> float:
        """What every firm loses because each looks at its own saving only: its profit at `best` less that at `alone`."""
        return float(self.profit(self.best, self.best) - self.profit(self.alone, self.alone))
