"""Similar needs: time for 100,000 titles, recall on pairs written by hand. Exchanges: time to the proven best."""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import Row, calibrate, keep, seconds
from tiwizi_engine.matching import Filter, Glossary, Limits, Need, Offer, Request, SimilarNeeds, match
from tiwizi_engine.matching.glossary import GENERIC, SMALL
from tiwizi_engine.matching.titles import Titles

DATA = Path(__file__).parent / "data"
TIMES = 3
LANGUAGES = ("fr", "nl", "en", "ar")
Scorer = Callable[[str], Any]  # a title to its likeness with each of the titles that may be found


def needs(count: int, seed: int = 1) -> list[Need]:
    """Titles from a vocabulary, in four languages, many of them with a village's name that comes once in a while."""
    r = random.Random(seed)
    vocabulary = json.loads((DATA / "vocabulary.json").read_text(encoding="utf-8"))
    syllables = ["ta", "ou", "ri", "zer", "ma", "lal", "ti", "ghi", "ne", "sou", "im", "ar", "ka", "del", "ben"]
    villages = ["Douar " + "".join(r.choices(syllables, k=3)).capitalize() for _ in range(3000)]
    places = [*vocabulary["places"], *villages]
    return [_need(r, k, vocabulary, places) for k in range(count)]


def _need(r: random.Random, k: int, vocabulary: dict[str, Any], places: list[str]) -> Need:
    said = vocabulary[r.choices(LANGUAGES, [6, 2, 1, 3])[0]]
    parts = [r.choice(said["acts"]), r.choice(said["subjects"])]
    if r.random() < 0.7:
        parts.append(r.choice(said["targets"]))
    if r.random() < 0.7:
        parts += [said["at"], r.choice(places)]
    start = r.randrange(70)
    return Need(
        id=k,
        title=" ".join(parts),
        kind=r.choice(["training", "equipment", "exchange", "call"]),
        target=r.choice(["women", "youth", "disability", "migrants", None]),
        start=start,
        end=start + r.randrange(4, 24),
        x=r.uniform(0, 900),
        y=r.uniform(0, 700),
        languages=frozenset(r.sample(LANGUAGES, r.randint(1, 2))),
    )


def indexing(count: int, unit: float) -> Row:
    those = needs(count)
    held: list[SimilarNeeds] = []
    # Read anew each time: what was learnt of words would make the second run look better.
    took = seconds(lambda: held.append(SimilarNeeds(those, Glossary(Glossary.standard().concept_of))), TIMES)
    index = held[-1]
    asked = [Need(**{**vars(one), "id": f"q{one.id}"}) for one in needs(100, seed=2)]
    every = Filter(same_kind=True, weeks=1, km=300, common_language=True)
    plain = [seconds(lambda q=q: index.similar(q, 10), 1) for q in asked]  # type: ignore[misc]
    narrow = [seconds(lambda q=q: index.similar(q, 10, every), TIMES) for q in asked]  # type: ignore[misc]
    return {
        "needs": count,
        "distinct titles": len({one.title for one in those}),
        "index, s": round(took, 2),
        "index, loops": round(took / unit, 1),
        "query, ms": round(1000 * median(plain), 1),
        "query with all filters, ms": round(1000 * median(narrow), 1),
        "slowest, ms": round(1000 * max(plain + narrow), 1),
    }


def grouping(count: int, unit: float) -> Row:
    index = SimilarNeeds(needs(count))
    where = Filter(least=0.6, common_language=True)
    took = seconds(lambda: index.groups(where, members=3), TIMES)
    found = index.groups(where, members=3)
    inside = sum(1 + len(group.members) for group in found)
    return {
        "needs": count,
        "groups, s": round(took, 2),
        "groups, loops": round(took / unit, 1),
        "groups found": len(found),
        "needs in them": inside,
    }


# Recall


def _pairs(name: str) -> dict[str, list[list[str]]]:
    source = json.loads((DATA / name).read_text(encoding="utf-8"))
    return {language: source[language] for language in LANGUAGES}


EARLY, LATE, LAST = (_pairs(f"title-pairs{which}.json") for which in ("", "-late", "-last"))
ALL = (EARLY, LATE, LAST)
# All French titles may be found, whichever part the question is from.
FOUND = list(dict.fromkeys(title for part in ALL for pair in part["fr"] for title in pair))
PARTS = {
    "development": {language: pairs[0::2] for language, pairs in EARLY.items()},
    "held out": {language: pairs[1::2] for language, pairs in EARLY.items()},
    "late": LATE,
    "last": LAST,
}


def _ours(glossary: Glossary) -> Scorer:
    index = Titles(FOUND, glossary)
    return lambda title: index.scores(title)[index.row_of]


def _rival(prepare: Callable[[str], str] = str, **options: Any) -> Scorer:
    vectors = TfidfVectorizer(lowercase=True, strip_accents="unicode", **options)
    table = vectors.fit_transform([prepare(title) for title in FOUND])
    return lambda title: (table @ vectors.transform([prepare(title)]).T).toarray()[:, 0]


def _without_generic(title: str) -> str:
    reading = _words_only().read(title)
    return " ".join(reading.own)


def _words_only() -> Glossary:
    known = Glossary.standard().concept_of
    return Glossary({said: concept for said, concept in known.items() if concept in (SMALL, GENERIC)})


METHODS: dict[str, Callable[[], Scorer]] = {
    "TF-IDF of words": lambda: _rival(),
    "TF-IDF of strings of 3 to 5 letters": lambda: _rival(analyzer="char_wb", ngram_range=(3, 5)),
    "the same, without generic words": lambda: _rival(_without_generic, analyzer="char_wb", ngram_range=(3, 5)),
    "ours, no glossary": lambda: _ours(Glossary({})),
    "ours, small and generic words only": lambda: _ours(_words_only()),
    "ours, whole glossary": lambda: _ours(Glossary.standard()),
}


def _rank(score: Scorer, asked: str, right: set[str]) -> int | None:
    """How many titles come before the best right one; one with nothing in common is not found."""
    scores = np.array([value if title != asked else -1 for title, value in zip(FOUND, score(asked), strict=True)])
    best = max(value for title, value in zip(FOUND, scores, strict=True) if title in right)
    return int((scores > best).sum() + ((scores == best).sum() - 1)) if best > 0 else None


def recall(method: str, part: str) -> Row:
    score, pairs = METHODS[method](), PARTS[part]
    partners = {title: set(pair) for source in ALL for pair in source["fr"] for title in pair}
    french = [_rank(score, a, {b}) for pair in pairs["fr"] for a, b in (pair, pair[::-1])]
    # A title in another language may find either of the two French ones that mean the same.
    foreign = [_rank(score, a, partners[b]) for lang in LANGUAGES[1:] for a, b in pairs[lang]]
    return {
        "method": method,
        "pairs": part,
        **{
            f"{name}, top {top}": round(sum(1 for rank in ranks if rank is not None and rank < top) / len(ranks), 2)
            for name, ranks in (("French", french), ("nl, en, ar", foreign))
            for top in (1, 5)
        },
    }


# Exchanges


def exchange(count: int, titled: bool, seed: int = 1) -> tuple[list[Request], list[Offer]]:
    """A fourth as many offers as requests; kinds so many that each request has some twenty options."""
    r = random.Random(seed)
    kinds = max(1, count // 4 // 34)  # one pair in three has no common language
    titles = [one.title for one in needs(count + count // 4, seed)]

    def side(k: int) -> dict[str, Any]:
        about = {"title": titles[k]} if titled else {"kind": f"k{r.randrange(kinds)}"}
        languages = frozenset(r.sample(LANGUAGES[:3], r.randint(1, 2)))
        return {
            "id": k,
            "partner": k % 97,
            "languages": languages,
            "x": r.uniform(0, 900),
            "y": r.uniform(0, 700),
            **about,
        }

    requests = [Request(**side(k), visits=r.choice([1, 1, 2]), priority=r.randint(1, 3)) for k in range(count)]
    return requests, [Offer(**side(count + k), capacity=r.randint(0, 8)) for k in range(count // 4)]


def matching(count: int, titled: bool, unit: float) -> Row:
    requests, offers = exchange(count, titled)
    limits = Limits(alike=0.6) if titled else Limits()
    took = seconds(lambda: match(requests, offers, limits), TIMES)
    found = match(requests, offers, limits)
    return {
        "requests": count,
        "offers": len(offers),
        "by": "title" if titled else "kind",
        "seconds": round(took, 2),
        "loops": round(took / unit, 1),
        "visits sought": sum(one.visits for one in requests),
        "visits": found.visits,
        "cost": found.cost,
    }


NOTES = [
    "Times are medians of three; queries, of a hundred questions. Titles are made from `bench/data/vocabulary.json`.",
    "Recall: each title asks for its partner among all French titles of the pairs (`bench/data/`); a title in another"
    " language may find either of two. All were written by one hand, which wrote the glossary too. *Development* and"
    " *held out* were written before the glossary, on subjects that it was then made for; weights were chosen on"
    " development alone: both are an upper limit. *Late* was written after, on subjects that the glossary did not hold:"
    " it then found 0.05 (top 1) and 0.28 (top 5) in French and 0.25 and 0.33 in other languages, which is what a new"
    " subject finds; the glossary has taken these subjects up since, so that row too is an upper limit now."
    " *Last* was written after that, on usual subjects, and the glossary was not changed again: the row to expect.",
    "A matching is the proven best of three aims in turn (visits, priority, cost).",
]


def main() -> None:
    unit = calibrate()
    keep(
        "matching",
        "Similar needs and exchanges",
        NOTES,
        unit,
        {
            "Index and queries": [indexing(count, unit) for count in (1_000, 10_000, 100_000)],
            "Groups": [grouping(count, unit) for count in (1_000, 10_000)],
            "Recall": [recall(method, part) for part in PARTS for method in METHODS],
            "Matching": [
                matching(count, titled, unit) for count, titled in ((1_000, False), (10_000, False), (1_000, True))
            ],
        },
    )


if __name__ == "__main__":
    main()
