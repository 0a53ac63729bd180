"""What a world is and what a model believes, as distributions: all that a metric may ask."""

from collapse.beliefs.base import CENTRAL, Categories, Distribution, Sample
from collapse.beliefs.cloud import Cloud
from collapse.beliefs.kernels import Kernels
from collapse.beliefs.language import Language
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals
from collapse.beliefs.pictures import Factors, Gallery, Pictures

__all__ = [
    "CENTRAL",
    "Categories",
    "Cloud",
    "Distribution",
    "Factors",
    "Gallery",
    "Kernels",
    "Language",
    "Normal",
    "Normals",
    "Pictures",
    "Sample",
]
