"""What the synthesised voices say: short sentences, and sentences of pseudo-words that sound like the language."""

import tomllib
from functools import lru_cache
from pathlib import Path

import numpy as np

SENTENCES = Path(__file__).with_name("sentences.toml")
CONTEXT = 2  # letters that decide which one follows
WORDS = (4, 10)
LETTERS = (2, 11)


@lru_cache(maxsize=1)
def languages() -> dict[str, list[str]]:
    """Sentences by language code."""
    return tomllib.loads(SENTENCES.read_text(encoding="utf-8"))


def texts(language: str, rng: np.random.Generator):
    """Yields sentences without end: the written ones in random order, and as many made ones between them."""
    written = languages()[language]
    chain = _letter_chain(language)
    while True:
        for index in rng.permutation(len(written)):
            yield written[index]
            yield pseudo_sentence(chain, rng)


def pseudo_sentence(chain: dict[str, str], rng: np.random.Generator) -> str:
    """Words drawn letter by letter from a chain."""
    return " ".join(_pseudo_word(chain, rng) for _ in range(rng.integers(*WORDS)))


@lru_cache
def _letter_chain(language: str) -> dict[str, str]:
    """For every run of CONTEXT letters, the letters that follow it in the sentences, as often as they do."""
    chain: dict[str, str] = {}
    for sentence in languages()[language]:
        for word in sentence.lower().split():
            padded = " " * CONTEXT + word.strip(".,?!¿;。，؟") + " "
            for at in range(CONTEXT, len(padded)):
                key = padded[at - CONTEXT : at]
                chain[key] = chain.get(key, "") + padded[at]
    return chain


def _pseudo_word(chain: dict[str, str], rng: np.random.Generator) -> str:
    """A word of LETTERS[0]..LETTERS[1] letters, cut there if the chain does not end it."""
    while True:
        word, state = "", " " * CONTEXT
        while len(word) < LETTERS[1]:
            letter = chain[state][rng.integers(len(chain[state]))]
            if letter == " ":
                break
            word, state = word + letter, (state + letter)[-CONTEXT:]
        if len(word) >= LETTERS[0]:
            return word
