"""Whether a finding can be believed at all, before anyone asks what it says."""

from __future__ import annotations

from gosales.core.digests import canonical_json
from gosales.gauntlet.finding import Finding, Outcome, Subject

_OPEN = (Outcome.PASS, Outcome.WARN)


def complaint(finding: object) -> str:
    """Why a finding is not evidence; empty when it is.

    Parameters
    ----------
    finding : object
        What a check returned; not necessarily a `Finding`.

    Returns
    -------
    str
        The complaint: not a finding, an unknown outcome or subject, a number that is not finite,
        a value that JSON cannot hold, or a pass without any measured value.

    Examples
    --------
    >>> complaint(Finding("x", Subject.LEAK, Outcome.PASS, "fine", {"auc": float("nan")}))
    'a value is not finite'
    """
    if not isinstance(finding, Finding):
        return f"not a finding but {type(finding).__name__}"
    if not isinstance(finding.outcome, Outcome) or not isinstance(finding.subject, Subject):
        return "its outcome or subject is not one of the known ones"
    if finding.outcome in _OPEN and not finding.values:
        return "it passes without a measured value"
    try:
        canonical_json([finding.values, finding.limits, finding.detail, finding.figure])
        canonical_json(finding.seconds)
    except ValueError:
        return "a value is not finite"
    except TypeError as error:
        return f"a value is not plain ({error})"
    return ""
