"""The first picture of a page: a chart, or something with a player of its own."""

from collapse.figures.loop import LoopPicture
from collapse.figures.picture import Picture
from collapse.figures.reader import Reading
from collapse.figures.wall import WallPicture
from collapse.ui import chart, reader

Hero = Picture | Reading | WallPicture | LoopPicture


def key_of(hero: Hero, usual: str) -> str:
    """Its key on the page.  A wall has one of its own: where a page changes from one component to another under the same key, the
    browser would keep both."""
    return hero.name if isinstance(hero, WallPicture) else usual


def draw(hero: Hero, *, key: str) -> None:
    """Draw it here, with the component that it is for."""
    if isinstance(hero, Picture):
        chart.chart(hero, key=key)
    else:
        reader.reader(hero, key=key_of(hero, key))


def message(hero: Hero, *, key: str) -> bytes:
    """What that component is given: UTF-8 JSON."""
    return chart.message(hero, key=key) if isinstance(hero, Picture) else reader.message(hero, key=key_of(hero, key))
