"""What follows from the errors of a detector, if its rates are known: whom to believe, how much there is, and who is left."""

import numpy as np
from scipy.special import betaincinv


def predictive_value(prevalence: float, tpr: float, fpr: float) -> float:
    """πTPR/(πTPR + (1 − π)FPR): how much of what a detector calls synthetic is so, for a share π of synthetic data (Bayes); NaN if it
    never calls anything so."""
    found, false = prevalence * tpr, (1 - prevalence) * fpr
    return found / (found + false) if found + false > 0 else float("nan")


def rogan_gladen(called: float, tpr: float, fpr: float) -> float:
    """(p̂ − FPR)/(TPR − FPR), within 0 and 1: the share that is synthetic, if a detector with these errors calls a share p̂ so (Rogan
    and Gladen, 1978); NaN for a detector that guesses."""
    return float(np.clip((called - fpr) / (tpr - fpr), 0.0, 1.0)) if tpr != fpr else float("nan")


def rogan_gladen_interval(called: int, judged: int, tpr: float, fpr: float, level: float = 0.95) -> tuple[float, float]:
    """Between which shares of synthetic data the truth lies, if a detector with known errors calls `called` of `judged` examples so:
    the estimates of `rogan_gladen` at the ends of the exact binomial interval (Clopper and Pearson, 1934), which holds the truth with
    a probability of at least `level`.  Everything, 0 to 1, for a detector that guesses."""
    if tpr == fpr:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(betaincinv(called, judged - called + 1, tail)) if called > 0 else 0.0
    high = float(betaincinv(called + 1, judged - called, 1 - tail)) if called < judged else 1.0
    ends = sorted(rogan_gladen(share, tpr, fpr) for share in (low, high))
    return ends[0], ends[1]


def minority_kept(share: float, fpr_minority: float, fpr_majority: float) -> float:
    """w(1 − FPR_m)/(w(1 − FPR_m) + (1 − w)(1 − FPR_M)): the share of a minority among the real data that a detector keeps, if it
    takes real examples of the minority for synthetic at another rate than those of the majority; NaN if it keeps nothing."""
    few, many = share * (1 - fpr_minority), (1 - share) * (1 - fpr_majority)
    return few / (few + many) if few + many > 0 else float("nan")
