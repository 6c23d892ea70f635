"""What a label column means, in plain words that travel with it."""

from __future__ import annotations

from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target


def label_facts(spec: LabelSpec, target: Target, declared_measure: str) -> dict[str, str]:
    """Meaning of a target's label, for metadata of files, tags and parameters.

    Parameters
    ----------
    spec : LabelSpec
        The label, its window as in force.
    target : Target
        Whose label.
    declared_measure : str
        The measure the source declares.

    Examples
    --------
    >>> facts = label_facts(LabelSpec().widened_to(9), Target("Printers"), "gp")
    >>> facts["horizon_months"], facts["declared_months"], facts["measure"]
    ('9', '6', 'gp')
    """
    return {
        "target": target.key,
        "measure": target.measured_by(declared_measure),
        "threshold": f"{target.threshold:g}",
        "mode": spec.mode,
        "horizon_months": str(spec.horizon_months),
        "declared_months": str(spec.declared_months),
        "buffer_days": str(spec.buffer_days),
        "denylist": ", ".join(sorted(spec.denylist)),
    }
