"""What a world is and what a model believes, as distributions: all that a metric may ask."""

from collapse.beliefs.base import CENTRAL, Categories, Distribution, Sample
from collapse.beliefs.cloud import Cloud
from collapse.beliefs.kernels import Kernels
from collapse.beliefs.language import Language
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals

__all__ = ["CENTRAL", "Categories", "Cloud", "Distribution", "Kernels", "Language", "Normal", "Normals", "Sample"]
