"""With what numbers were made: where all of this is equal they are the same to the bit, elsewhere to about 1e-12."""

import json
import platform
from functools import cache
from typing import Any

import numpy as np
import scipy

import collapse
from collapse.scenario import VERSION


@cache
def made_with() -> str:
    """The versions of this program, of its links and of the packages, and what the processor of this process can do, as JSON."""
    built: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    blas = built["Build Dependencies"]["blas"]
    return json.dumps(
        {
            "collapse": collapse.__version__,
            "links": VERSION,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "blas": f"{blas['name']} {blas['version']}",
            "system": f"{platform.system()} {platform.machine()}",
            "processor": [*built["SIMD Extensions"]["baseline"], *built["SIMD Extensions"].get("found", [])],
        }
    )
