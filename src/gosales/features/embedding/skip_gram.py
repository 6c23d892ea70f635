"""Item vectors from the company items keep in sequences of purchases."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class SkipGram:
    """Skip-gram with negative sampling (gensim's Word2Vec), the same on every run.

    Parameters
    ----------
    size : int, default 16
        Length of a vector.
    reach : int, default 5
        How many purchases to either side count as company.
    epochs : int, default 10
        Passes over the sequences.
    negative : int, default 5
        Random items held against each true one.
    seed : int, default 7
        Of starts, reaches and negatives.

    Raises
    ------
    ConfigError
        If one of the sizes is below 1.

    Notes
    -----
    One worker, and sequences sorted by their content: gensim numbers items of equal frequency in
    the order it meets them and draws chance in the order of sequences, so neither the names nor
    the order of accounts can enter. Python's own hash, which differs by process, is replaced.

    References
    ----------
    Barkan & Koenigstein (2016). Item2vec: neural item embedding for collaborative filtering. MLSP.
    """

    size: int = 16
    reach: int = 5
    epochs: int = 10
    negative: int = 5
    seed: int = 7

    def __post_init__(self) -> None:
        if min(self.size, self.reach, self.epochs, self.negative) < 1:
            raise ConfigError(
                "the skip-gram is malformed",
                got=f"size={self.size}, reach={self.reach}, epochs={self.epochs}, "
                f"negative={self.negative}",
                allowed="whole numbers, each >= 1",
                remedy="mend features.families.item2vec",
                reason_code="bad_family",
            )

    def fit(self, sequences: Sequence[Sequence[str]]) -> pd.DataFrame:
        """Learn.

        Parameters
        ----------
        sequences : sequence of sequences of str
            Items of one account each, in the order they were bought.

        Returns
        -------
        pandas.DataFrame, shape (m, size)
            Vectors by item, sorted by item; empty without sequences.
        """
        told = sorted(list(s) for s in sequences if len(s))
        if not told:
            return pd.DataFrame(np.zeros((0, self.size)), index=pd.Index([], dtype=object))
        from gensim.models.word2vec import Word2Vec

        with threadpool_limits(limits=1):
            model = Word2Vec(
                sentences=told,
                vector_size=self.size,
                window=self.reach,
                epochs=self.epochs,
                negative=self.negative,
                seed=self.seed,
                sg=1,
                min_count=1,
                sample=0.0,
                workers=1,
                hashfxn=_stable_hash,
            )
        vectors = pd.DataFrame(model.wv.vectors.astype("float64"), index=model.wv.index_to_key)
        return vectors.sort_index()


def _stable_hash(text: str) -> int:
    return zlib.crc32(text.encode())
