"""Text as token ids of BERT: WordPiece, uncased."""

import json
import re
import unicodedata

UNKNOWN, CLS, SEP = 100, 101, 102
# From here on there are words and pieces, not letters and reserved places.
FIRST_WORD = 1996


class Tokenizer:
    """A vocabulary: a JSON list whose words begin with U+2581, or lines whose continuations begin with ##."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        pieces = json.loads(text) if text.startswith("[\"") else text.splitlines()
        self.ids = {piece: place for place, piece in enumerate(pieces)}
        self.start, self.go_on = ("\u2581", "") if "\u2581the" in self.ids else ("", "##")

    def word(self, word):
        ids, at = [], 0
        while at < len(word):
            mark = self.go_on if at else self.start
            ends = range(len(word), at, -1)
            end = next((end for end in ends if mark + word[at:end] in self.ids), None)
            if end is None:
                return [UNKNOWN]
            ids.append(self.ids[mark + word[at:end]])
            at = end
        return ids

    def encode(self, text, most):
        """At most so many ids, those of the beginning and the end among them."""
        plain = unicodedata.normalize("NFD", text.lower())
        plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
        ids = [piece for word in re.findall(r"\w+|[^\w\s]", plain) for piece in self.word(word)]
        return [CLS, *ids[: most - 2], SEP]


def sentences(path):
    """The sentences of a text; of a Markdown page, without code and tables."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"```.*?```", "\n\n", file.read(), flags=re.S)
    for paragraph in re.split(r"\n\s*\n|\n(?=- )", text):
        if re.match(r"\s*[|#<]", paragraph):
            continue
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", paragraph)
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(plain.split()).removeprefix("- ")):
            if len(sentence.split()) >= 4:
                yield sentence
