"""Where the files are that stand at the top of the repository, and the command `model-collapse-lab`.

An installed package has a copy of them in `collapse/site/`: `app.py`, `pages/`, `.streamlit/`, the licence and how to cite, as
pyproject.toml says.  Nothing here imports Streamlit before the command runs, so that without it the command can say what is missing.
"""

import sys
from pathlib import Path
from typing import Final

INSTALLED: Final = Path(__file__).parents[1] / "site"
SITE: Final = INSTALLED if INSTALLED.is_dir() else Path(__file__).parents[2]


def main() -> None:
    """`model-collapse-lab [OPTION…]`: open the pages, from any folder, as `streamlit run app.py` does in the repository.

    Options are those of `streamlit run`, for example `--server.port 8600`.
    """
    try:
        from streamlit.web import cli
    except ModuleNotFoundError:
        sys.exit(
            'The pages need more than the engine: install "model-collapse-lab[app]" from where you have the package.'
        )
    cli.main(["run", str(SITE / "app.py"), *sys.argv[1:]], prog_name="streamlit")
