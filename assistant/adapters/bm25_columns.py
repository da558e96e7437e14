"""The columns of a BM25 index, computed for all chunks at once.

`bm25s` counts the words of one chunk after the other in Python, which takes a minute for a hundred
thousand chunks, and again after every changed document. This class overrides its build method;
numbers and layout are the same, and a test compares the two.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, cast

import bm25s
import numpy as np

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when imported


_Bm25 = cast("type[Any]", bm25s.BM25)  # its hints name every array that NumPy knows


class Bm25(_Bm25):
    """BM25 as in Lucene over chunks whose words are numbers."""

    def build_index_from_ids(
        self,
        unique_token_ids: Sequence[int],
        corpus_token_ids: Sequence[array[int]],
        **_shown: bool,
    ) -> Mapping[str, Any]:
        """Return the scores by word (compressed sparse columns), as `bm25s` keeps them."""
        self.nonoccurrence_array = None  # Lucene's kind has none
        count = len(corpus_token_ids)
        lengths = np.fromiter(map(len, corpus_token_ids), dtype=np.int64, count=count)
        words = np.frombuffer(b"".join(corpus_token_ids), dtype=np.int32)
        cells = words * np.int64(count) + np.repeat(np.arange(count), lengths)
        cells, times = np.unique(cells, return_counts=True)
        word, chunk = np.divmod(cells, count)
        starts = np.searchsorted(word, np.arange(len(unique_token_ids) + 1))
        frequency = np.diff(starts)
        idf = np.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
        longer = 1 - self.b + self.b * lengths / lengths.mean()
        scores = idf[word] * times / (times + self.k1 * longer[chunk])
        return {
            "data": scores.astype(self.dtype),
            "indices": chunk.astype(self.int_dtype),
            "indptr": starts,
            "num_docs": count,
        }
