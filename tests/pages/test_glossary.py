"""Terms, sources and formulas: on the page *Glossary and sources*, and on the words themselves."""

import re
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from collapse import sources
from collapse.glossary import mention, spellings, terms
from collapse.laws import LAWS
from collapse.laws.typeset import LATEX, letters
from collapse.sources import OURS, OWN, Source
from collapse.ui.bibliography import cited
from collapse.ui.book import THERE, lessons
from collapse.ui.terms import as_html, glossed

from .harness import ROOT, default, keys, opened, prose, sound

PAGES = {name for names in THERE.values() for name in names}
DEFINED = {"c", "u", "F", "H", "K", "KL", "i", "j", "e", "s"}  # what a formula says itself, indices, and Euler's number


class Tags(HTMLParser):
    """The elements of some HTML as (name, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def written(at: AppTest) -> str:
    return "".join(e.proto.body for e in at.get("html"))


def glossary() -> AppTest:
    at = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    at.switch_page("pages/glossary.py")
    at.run()
    assert not at.exception
    return at


def test_every_term_is_a_sentence_with_a_place_and_no_spelling_means_two() -> None:
    assert len(terms()) > 70
    for term in terms().values():
        assert term.says[0].isupper(), term.name
        assert term.says.endswith("."), term.name
        assert set(term.pages) <= PAGES, term.name
        assert term.pages, term.name
        assert term.plain[0].isupper(), term.name
        assert term.plain.lower() != term.name.lower(), term.name
    assert len(spellings()) == sum(len(term.marks) for term in terms().values())
    assert len({term.key for term in terms().values()}) == len(terms())


def test_the_page_has_every_term_and_every_source_and_its_links_lead_somewhere() -> None:
    at = glossary()
    tags, said = Tags(written(at)).found, " ".join(prose(at))
    assert all(term.plain[1:] in said for term in terms().values())
    everything = {s for s in vars(sources).values() if isinstance(s, Source)} - {OURS, OWN}
    assert all(source.full in said for source in everything)
    links = [attributes["href"] or "" for tag, attributes in tags if tag == "a"]
    inner = {link.removeprefix("./") for link in links if link.startswith("./")}
    assert inner - {""} <= PAGES
    assert {source.link for source in everything} <= {*links}
    assert len({attributes["id"] for tag, attributes in tags if tag == "dt"}) == len(terms())


def test_a_source_is_named_by_the_pages_that_cite_it() -> None:
    for lesson in lessons():
        for source in {*lesson.sources} - {OURS, OWN}:
            assert lesson.name in cited()[source]
    assert cited()[sources.CENSUS] == ("surnames",), "the control: nobody else has the census"


def test_the_first_mention_is_marked_and_nothing_else() -> None:
    """Not within other words, links and code, not twice, and the longest spelling first."""
    html = as_html(
        "The variance, **the variances**, covariance; [entropy](https://e.org) and `perplexity`."
        "\n\n- Entropy, self-entropy.\n- mixture of bell curves"
    )
    tags = Tags(glossed(html, "here")).found
    marked = re.findall(r"<button[^>]*>(.*?)</button>", glossed(html, "here"))
    assert marked == ["variance", "Entropy", "mixture of bell curves"]
    targets = [a["popovertarget"] for tag, a in tags if tag == "button"]
    assert (
        targets == [a["id"] for tag, a in tags if "popover" in a] == ["here-variance", "here-entropy", "here-mixture"]
    )
    bare = re.sub(r'<button[^>]*>|</button>|<span class="lab-meaning".*?</span>', "", glossed(html, "here"))
    assert re.sub(r'<span class="lab-whole">(.*?)</span>', r"\1", bare) == html
    assert not mention().search("covariance self-entropy top-performing latently")


@pytest.mark.parametrize("page", ["home", "signs", "surnames"])
def test_no_two_meanings_of_a_page_have_one_id_and_each_is_opened_by_its_word(page: str) -> None:
    tags = Tags(written(default(page))).found
    names = [a["id"] for _, a in tags if "popover" in a]
    assert len(names) >= 5
    assert len(set(names)) == len(names)
    assert [a["popovertarget"] for _, a in tags if "popovertarget" in a] == names


def test_every_formula_of_a_law_is_typeset_and_its_letters_are_explained() -> None:
    """By what stands in it: every letter is told, defined in the formula itself, or an index."""
    printed = {f for law in LAWS.values() for f in [law.formula, *(case.formula for case in law.special)]}
    assert printed == LATEX.keys()
    for latex in LATEX.values():
        assert latex.count("{") == latex.count("}")
        bare = re.sub(r"\\text\{[^}]*\}|\\(begin|end)\{aligned\}|\\operatorname\{\w+\}|\\mathbb\{E\}", " ", latex)
        greek = set(re.findall(r"\\(tau|lambda|kappa|psi|Gamma|mu|sigma)\b", bare))
        roman = {*re.sub(r"\\[A-Za-z]+", " ", bare)} & {*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
        told = " ".join(part for pair in letters(latex) for part in pair)
        assert not [
            g for g in greek if f"\\{g}" not in told and {"sigma": "σ", "lambda": "λ"}.get(g, "?") not in told
        ], latex
        assert not [
            r for r in roman - DEFINED if not any(re.search(rf"(?<![a-z\\]){r}\b|{r}_", x) for x, _ in letters(latex))
        ], latex


def test_the_formulas_of_a_page_are_those_of_its_curves() -> None:
    """Of the setting that is on it: with nothing but synthetic data the closed form, with n − 1 that of the unbiased fit."""
    for link, expected in (({}, r"\left(1 - \frac1n\right)^t"), ({"model.estimator": "unbiased"}, r"\frac{t}{n}")):
        at = opened("gaussian", link)
        assert not at.latex, "nothing is set before somebody asks"
        at.session_state["gaussian_formulas"] = True  # as whoever opens it
        at = sound(at.run())
        assert len(at.latex) == 3, "variance, drift, and log-variance"
        assert any(expected in formula.value for formula in at.latex)
        assert sources.SHUMAILOV.link in " ".join(m.value for m in at.markdown)
    cooled = opened("gaussian", {"decoder.top_p": "0.9"})
    assert "gaussian_formulas" in keys(cooled)
    assert "language_formulas" not in keys(default("language")), "the control: no law is known there"


def test_sources_can_be_cited() -> None:
    for source in vars(sources).values():
        if isinstance(source, Source) and source.link:
            assert re.fullmatch(r"@misc\{\w+\d{4},\n(  \w+ = \{.+\},\n){4,5}\}", source.bibtex()), source.full
    assert "author = {{Wright, S.}}" in sources.WRIGHT.bibtex()
    assert "title = {{Is model collapse inevitable?}}" in sources.GERSTGRASSER.bibtex()
    assert "@misc{shumailov2024," in written(default("gaussian"))
