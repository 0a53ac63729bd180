"""A phase diagram: sample size × real share × temperature, and the generation at which half of the chains are in each stage.

A coarse one takes seconds; `python examples/06_sweep.py all` computes the whole grid of 06_sweep.toml, as in docs/sweeps.md.
"""

import sys
from dataclasses import replace
from pathlib import Path

from collapse.sweeps import read
from collapse.sweeps.executors import processes

if __name__ == "__main__":  # the worker processes read this file, too
    grid = read(Path("examples/06_sweep.toml").read_text(encoding="utf-8"))
    if "all" not in sys.argv:
        coarse = {key: values if key == "decoder.temperature" else values[::6] for key, values in grid.axes.items()}
        grid = replace(grid, axes=coarse, common={**grid.common, "generations": "30", "lineages": "40"})
    with processes() as pool:
        table = [dict(zip(grid.head, row, strict=True)) for row in grid.rows(pool)]
    sizes, shares, heats = grid.axes["n"], grid.axes["policy.synthetic"], grid.axes["decoder.temperature"]
    for heat in heats:
        print(f"temperature {heat}: early / late onset with n = {', '.join(sizes)}")
        for share in shares:
            rows = [r for r in table if (r["decoder.temperature"], r["policy.synthetic"]) == (heat, share)]
            onsets = (f"{r['onset.early']:>4.0f} /{r['onset.late']:>4.0f}" for r in rows)
            print(f"{1 - float(share):6.1%} real  {'  '.join(onsets)}")
