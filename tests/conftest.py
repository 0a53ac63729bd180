"""Settings shared by all tests: property tests meet the same examples every time and keep no files."""

from hypothesis import settings

settings.register_profile("lab", derandomize=True, database=None, deadline=None, max_examples=40)
settings.load_profile("lab")
