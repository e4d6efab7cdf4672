"""Results of a prepared case: frozen, with `to_dict()`, `to_pandas()` where they are tables, a picture in notebooks and `plot()`."""
