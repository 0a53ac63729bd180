"""A text of a visitor's own: what is refused, and with which sentence; and that whatever is not refused runs."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse.decoding import Decoder
from collapse.links import read_link
from collapse.metrics import at_world, measurable
from collapse.models.ngram import Ngram
from collapse.policies import Accumulate, Replace
from collapse.recursion import lives, run
from collapse.scenario import Scenario
from collapse.spec import MissingError
from collapse.text.corpus import fold
from collapse.worlds import OwnText
from collapse.worlds.text import BYTES, LONGEST, WORDS, Written, deciphered

HEBREW = "בראשית ברא אלהים את השמים ואת הארץ והארץ היתה תהו ובהו וחשך על פני תהום ורוח אלהים מרחפת על פני המים "
CHINESE = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
GOOD = {
    "english": "the quick brown fox jumps over the lazy dog and runs away from the hounds. " * 20,
    "right to left": HEBREW * 12,
    "chinese": CHINESE * 8,
    "hindi": "नमस्ते दुनिया यह एक छोटा सा पाठ है जो फिर से पढ़ा जाता है। " * 20,
    "emoji between words": "so 🙂 it 👩‍👩‍👧 goes 🙃 on and on with a smile 😀 for ever " * 20,
    "lone surrogates": "some \ud800 broken \udfff text that is read all the same again and again " * 20,
    "windows line ends": "one line\r\nanother line\r\n\r\nand a third that is longer\r\n" * 20,
    "zero bytes": "a text with \x00 zero \x00 bytes in it that were not meant to be there " * 20,
    "html": "<script>alert(1)</script> <b>bold</b> &amp; <img src=x onerror=alert(1)> " * 20,
    "markdown": "**bold** [link](javascript:alert(1)) $$x$$ :red[y] `code` # head\n" * 20,
    "two words": "yes no " * 100,
    "every word new": " ".join(f"word{i}" for i in range(500)),
    "one sentence twice": " ".join(["it was the best of times it was the worst of times"] * 12),
    "marks, and words enough": "!" * 300 + "the quick brown fox jumps over the lazy dog and runs away " * 40,
    "long words": ("x" * 500 + " " + "y" * 700 + " ") * 60,
}
BAD = {
    "empty": ("", "0 words"),
    "white space": (" \n\t\u00a0 ", "0 words"),
    "tiny": ("hello there", "2 words"),
    "one character": ("a" * 5000, "1 word (between spaces and marks)"),
    "no spaces": ("ฉันรักแมว" * 200, "1 word ("),
    "its words at the end": ("!" * 10_000 + " " + GOOD["english"][:600], "has 0 and needs at least 2"),
    "one word, the others at the end": ("a " * 5000 + GOOD["english"][:600], "one word again and again"),
    "emoji only": ("🙂🙃" * 1000, "0 words"),
    "punctuation": ("?! " * 2000, "0 words"),
    "one word for ever": ("spam " * 1000, "nothing to forget"),
    "surrogates only": ("\ud800" * 500, "0 words"),
    "invisible": ("\u200b\u2060\ufeff" * 500, "0 words"),
    "ten megabytes": ("ten million letters " * 500_000, "10,000,000 characters"),
    "a little too long": ("a bit too long " * (LONGEST // 15 + 10), "1,000,1"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_and_why(name):
    raw, words = BAD[name]
    with pytest.raises(ValueError, match="this text") as refusal:
        Written.of(raw)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("policy", [Replace(), Accumulate()], ids=lambda p: p.kind)
@pytest.mark.parametrize("unit", ["chars", "words"])
@pytest.mark.parametrize("name", GOOD)
def test_what_is_taken_runs_from_end_to_end(name, unit, policy):
    """Every metric, every generation, a number, but for Self-BLEU where 200 characters are not even a word; and the text is of the
    letters of the real one."""
    world = OwnText(Written.of(GOOD[name]))
    s = Scenario(world, Ngram(order=2, unit=unit), policy=policy, n=300, generations=3, lineages=2)
    names = measurable(s)
    trajectory = run(s, keep=names)
    for metric in names:
        number = np.isfinite(trajectory.measure(metric))
        if metric == "self_bleu" and (name == "marks, and words enough" or (name, unit) == ("long words", "chars")):
            assert not number.all(), "this text has passages without words"
        else:
            assert number.all(), metric
    corpus = world.corpus(unit)
    assert len(corpus.contexts()) > 1
    told = corpus.read(lives(s, 1)[-1].x[0])
    assert set(told) <= set(world.text) | {" "}
    assert world.text == fold(GOOD[name])


@given(st.text(max_size=2), st.text(min_size=1, max_size=60))
def test_any_text_is_a_sentence_or_a_run(before, raw):
    text = before * 5000 + raw * 60
    try:
        world = OwnText(Written.of(text))
    except ValueError:
        with pytest.raises(ValueError, match=r"^this text"):
            Written.of(text)
        return
    for unit in ("chars", "words"):
        s = Scenario(world, Ngram(order=1, unit=unit), Decoder(temperature=0.5), n=50, generations=2, lineages=1)
        assert np.isfinite(run(s, keep=("perplexity", "tail_mass", "effective_types")).measure("perplexity")).all()
        assert world.corpus(unit).contexts()


# ---- files


@pytest.mark.parametrize("name", [*GOOD, "invisible"])
def test_a_text_goes_into_a_file_and_comes_back_as_itself(name):
    """The same text, and so the same fingerprint: a script of this program refuses any other."""
    raw = GOOD.get(name, " \u200b one \u200b two \ufeff three \u00ad e\u2060\u0301 " * 50)
    world = OwnText(Written.of(raw))
    assert OwnText.from_file(world.to_file().encode()).data.mark == world.data.mark


@pytest.mark.parametrize("alphabet", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_in_usual_alphabets(alphabet):
    text = "Café – naïve “quotes” and so on\r\n"
    assert deciphered(text.encode(alphabet))[0] == text
    assert (deciphered(text.encode(alphabet))[1] == "") == (alphabet != "cp1252")


@pytest.mark.parametrize("places", [[-1], [0, 7, 100]])
def test_a_few_broken_letters_do_not_change_the_alphabet(places):
    """A file that was cut within a letter, or was damaged: every other letter is as it was written."""
    letters = list("été à la plage où il était une fois un garçon " * 30)
    for place in places:
        letters[place] = "\ufffd"
    raw = b"".join(b"\xff" if letter == "\ufffd" else letter.encode() for letter in letters)
    text, note = deciphered(raw)
    assert text == "".join(letters)
    assert f"In {len(places)} place" in note
    assert OwnText.from_file(raw).data.note == note


def test_another_alphabet_is_guessed_aloud():
    """Russian as Windows writes it cannot be told from French: its owner sees the first words, and what to do."""
    russian = "Алиса сидела со своей сестрой на берегу и скучала. " * 40
    text, note = deciphered(russian.encode("cp1251"))
    assert text.startswith("Àëèñà")
    assert "“Àëèñà ñèäåëà" in note
    assert "save it as UTF-8" in note
    assert deciphered(russian.encode()) == (russian, "")


def test_a_few_marks_of_windows_are_no_broken_letters():
    """English with a few curly quotes: in UTF-8 not one of them would be right, in the alphabet of the West all are."""
    text = "It’s only a plain “English” text, " + "and hardly anything else. " * 200
    assert deciphered(text.encode("cp1252"))[0] == text


def test_the_longest_text_fits_into_a_file():
    assert all(len(("🙂" * LONGEST).encode(alphabet)) <= BYTES for alphabet in ("utf-8", "utf-16-le"))


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        bytes(5000),
        b"PK\x03\x04" + bytes(range(30)) * 99,
        b"\x81\x8d\x8f\x90\x9d" * 50,
        b"\xff\xfea",
    ],
    ids=["png", "zeros", "zip", "no alphabet", "half a letter"],
)
def test_binary_files_are_refused(raw):
    with pytest.raises(ValueError, match="not a text"):
        deciphered(raw)


def test_a_large_file_is_refused_before_it_is_read():
    with pytest.raises(ValueError, match=f"at most {BYTES:,} are read"):
        deciphered(b"a" * (BYTES + 1))


# ---- links


def test_a_link_says_which_text_it_was_and_never_the_text():
    world = OwnText(Written.of(GOOD["english"]))
    s = Scenario(world, Ngram())
    query = s.to_query()
    assert query["world.data"] == world.data.mark
    assert not any("fox" in value for value in query.values())
    assert Scenario.from_query(query, s) == s
    assert OwnText(Written.of(GOOD["english"])) == world
    assert OwnText(Written.of(GOOD["english"] + "more")) != world
    with pytest.raises(MissingError, match=r"world\.data=.* is not here: the link was made with a text of its own"):
        Scenario.from_query(query, Scenario(OwnText(), Ngram()))
    found, said = read_link(query, Scenario(OwnText(), Ngram()))
    assert found.world == OwnText()
    assert len(said) == 1
    assert "bring the same text" in said[0]


def test_nothing_of_a_text_outlives_it():
    """No cache of the program holds a text, or what was derived from it, once its owner lets go."""
    world = OwnText(Written.of(" ".join(f"secret{i % 70} word" for i in range(300))))
    corpus = world.corpus("words")
    s = Scenario(world, Ngram(order=1, unit="words"), n=200, generations=2, lineages=2)
    for name in measurable(s):
        run(s, keep=(name,)).measure(name)
        at_world(world, name, s.model)
    watched = weakref.ref(corpus), weakref.ref(world.data)
    del world, corpus, s
    gc.collect()
    assert [w() for w in watched] == [None, None]


def test_until_a_text_is_brought_there_is_an_example():
    assert OwnText().text.startswith("alice was beginning")
    assert len(OwnText().text) == 50_000
    assert WORDS < 1000
