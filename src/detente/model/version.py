"""The version of the model's results.

Raise it when a change of `model/`, `claims/` or `forecast/` changes a result. Cached results of another version are made again.
"""

MODEL_VERSION = 10
