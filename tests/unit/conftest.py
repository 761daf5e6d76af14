"""How Hypothesis tests here: the same examples on every machine, however slow it is."""

from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")
