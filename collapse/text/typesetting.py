"""A folded text, set for reading: the capitals and the quotation marks that the real text has, put back by rules learnt from it.

The models read and write small letters.  A word is shown as the real text mostly has it, names and the English I with a capital; a
word after marks that begin a sentence in the real text, with one.  So a text without capitals gets none.  (For the idea, known as
truecasing, see Lita et al. 2003, whose rules are learnt from more than counts.)
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Self

from collapse.text.corpus import AFTER, WORD, cased

_CODE = re.compile(r"\w`|`\s|`$")  # a backtick that opens no quotation
LEARNT = 200_000  # characters from which the rules are learnt
OPENING = 150  # words that are shown as they were written
_CURLY = {"`": "‘", "'": "’", '"': "”"}


@dataclass(frozen=True)
class Typesetter:
    """`forms`: words that the real text mostly has with capitals, by what they are in small letters; `starts`: what stands between
    two words of which the second mostly has one; `opening`: the first words as they were written, so that the beginning of the
    real text is shown as it is; `typed`: are quotations `typed like this', and capitals emphasis?"""

    forms: Mapping[str, str] = field(default_factory=dict)
    starts: frozenset[str] = frozenset()
    opening: tuple[str, ...] = ()
    typed: bool = False

    @classmethod
    def of(cls, raw: str) -> Self:
        """Learn from a text as it was written."""
        text = cased(raw[:LEARNT])
        typed = "`" in text and not _CODE.search(text)
        found = list(WORD.finditer(text))
        gaps = [text[a.end() : b.start()] for a, b in pairwise(found)]
        said = [match.group() for match in found]
        opening = tuple(said[:OPENING])
        said = [word.lower() if typed and len(word) > 1 and word.isupper() else word for word in said]
        high = [gap for gap, word in zip(gaps, said[1:], strict=False) if word[0] != word[0].lower()]
        often = Counter(gaps)
        starts = frozenset(gap for gap, times in Counter(high).items() if gap.strip() and 2 * times > often[gap])
        within, anywhere = defaultdict[str, Counter[str]](Counter), defaultdict[str, Counter[str]](Counter)
        for gap, word in zip(["", *gaps], said, strict=False):
            anywhere[word.lower()][word] += 1
            if gap and gap not in starts:
                within[word.lower()][word] += 1
        usual = {small: (within.get(small) or every).most_common(1)[0][0] for small, every in anywhere.items()}
        forms = {small: form for small, form in usual.items() if form != small and len(form) == len(small)}
        return cls(forms, starts, opening, typed)

    def set(self, text: str) -> list[str]:
        """A folded text from the beginning of a passage, as what is shown in place of each of its characters."""
        shown, end, real = list(text), 0, True
        for match, written in zip_longest(WORD.finditer(text), self.opening):
            if match is None:
                break
            (a, b), word = match.span(), match.group()
            real = real and written is not None and written.lower() == word and len(written) == len(word)
            shown[a:b] = written if real else self.forms.get(word, word)
            if end and not real and text[end:a] in self.starts:
                shown[a] = shown[a].upper()
            end = b
        return self._curled(text, shown) if self.typed else shown

    def _curled(self, text: str, shown: list[str]) -> list[str]:
        """With curly quotation marks and long dashes."""
        for i, (before, here) in enumerate(zip(f" {text}", text, strict=False)):
            if here in _CURLY:
                opens = here == '"' and (before.isspace() or before in AFTER)
                shown[i] = "“" if opens else _CURLY[here]
            elif here == before == "-" and shown[i - 1] == "-":
                shown[i - 1 : i + 1] = "—", ""
        return shown
