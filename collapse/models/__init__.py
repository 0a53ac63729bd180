"""The families that can learn and speak; a new family is a file here and a name in this table."""

from collapse.models.base import Cost, Model
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.histogram import Histogram
from collapse.models.implicit import Implicit
from collapse.models.kde import Kde
from collapse.models.linear_vae import LinearVae
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.models.vae import Vae
from collapse.spec import table

MODELS = table(Gaussian, Mixture, Kde, Histogram, Categorical, Ngram, LinearVae, Vae)

__all__ = ["MODELS", "Cost", "Implicit", "Model"]
