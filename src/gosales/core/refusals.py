"""What the machine refuses and its user can mend; any other error of the system is ours."""

from __future__ import annotations

import errno

_REFUSALS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}
)


def is_refusal(error: BaseException) -> bool:
    """Whether a disk, a folder or a permission says no.

    Examples
    --------
    >>> is_refusal(OSError(errno.ENOSPC, "No space left on device")), is_refusal(ValueError())
    (True, False)
    """
    return isinstance(error, OSError) and error.errno in _REFUSALS
