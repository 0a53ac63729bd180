"""Does the server still know a visitor?  Asked by a browser whose connection has come back: `GET here/<mark>`, 204 or 410.

Streamlit goes on with a session that it still has.  If it has not, because it was started anew or the visitor was away for long, the
page would stand there as if nothing had happened, until somebody clicks on it.
"""

from hashlib import blake2b
from typing import Final

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

HERE: Final = "here/"


def mark(session: str) -> str:
    """What a browser may know of its session: the name itself would let it be spoken for."""
    return blake2b(session.encode(), digest_size=6).hexdigest()


def own() -> str:
    """The mark of the session whose page is being written."""
    context = get_script_run_ctx()
    return mark(context.session_id if context else "")


def known(asked: str) -> bool:
    """Has the server a session of this mark?"""
    manager = runtime.get_instance()._session_mgr if runtime.exists() else None
    return manager is not None and any(mark(info.session.id) == asked for info in manager.list_active_sessions())
