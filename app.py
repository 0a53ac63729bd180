"""The front door: `streamlit run app.py`."""

from collapse.ui.book import open_book
from collapse.ui.serving import settle

settle()
open_book()
