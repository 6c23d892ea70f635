"""Run one command as a Hydra app, with our exit codes and our error texts."""

from __future__ import annotations

import os
import sys
import traceback
import warnings

from gosales.cli.override_shorthand import expand
from gosales.cli.secret_guard import refuse_secrets
from gosales.core.errors import GoSalesError
from gosales.core.refusals import is_refusal
from gosales.pipelines.conf_files import conf_root

INTERNAL = 3
BAD_INPUT = 2
PARENT_RUN = "GOSALES_PARENT_RUN_ID"
_STOPPED = "gosales {}: stopped; finished work is kept, run it again"


def _is_sweep(args: list[str]) -> bool:
    return any(a in ("-m", "--multirun") for a in args)


# Lines of Hydra's and OmegaConf's messages that name their own insides.
# The advice to append a key with a plus is ours to withhold: a key that nothing reads is refused.
_NOISE = ("full_key:", "object_type=", "See https://", "To append to your config use")


def _plain(error: BaseException) -> str:
    text = str(error).strip().partition("\nConfig search path:")[0]
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.strip().startswith(_NOISE))


def _explain_hydra(error: Exception) -> str:
    text = _plain(error)
    cause = error.__cause__
    if cause is not None and _plain(cause) not in text:
        text = f"{text}\n{_plain(cause)}"
    hint = ""
    if "division/" in text or "division'" in text:
        hint = (
            "\nto mend it: a division of your own log needs no file: "
            'division=any division.name="<name in the log>"'
        )
    elif "Could not override" in text or "not in struct" in text:
        hint = "\nto mend it: see every key with --cfg job"
    return f"gosales: the configuration does not compose: {text}{hint}"


def _invoke(command: str, args: list[str]) -> None:
    import hydra

    from gosales.cli.free_text import quote
    from gosales.cli.task import failure, run_task

    refuse_secrets(args)
    expanded = [quote(piece) for argument in args for piece in expand(argument)]
    saved = sys.argv
    sys.argv = [f"gosales {command}", *expanded]
    try:
        hydra.main(version_base="1.3", config_path=str(conf_root()), config_name=command)(
            run_task
        )()
    except UserWarning as warning:
        cause = warning.__context__
        raise cause if isinstance(cause, GoSalesError) else warning from None
    finally:
        sys.argv = saved
    if failure:
        raise failure.pop()


def _run_sweep(command: str, args: list[str]) -> int:
    """Run a sweep; whatever ends it, its parent run is closed and its jobs are compared."""
    from gosales.tracking.signals import Terminated, terminable

    # A parent of the caller's own is not this sweep's.
    os.environ.pop(PARENT_RUN, None)
    try:
        with terminable(), warnings.catch_warnings():
            # Hydra turns an error of a callback into a warning and goes on without it.
            warnings.filterwarnings("error", message=r"Callback SweepCallback\.on_multirun_start")
            code = _run_guarded(command, args)
    except Terminated as signal:
        code = int(str(signal.code))
    parent = os.environ.pop(PARENT_RUN, None)
    if parent is None:
        return code
    from gosales.cli.sweep_summary import finish_sweep

    return finish_sweep(parent, code, command)


def run_command(command: str, args: list[str]) -> int:
    """Compose the command's configuration, run it, and turn errors into exit codes.

    Parameters
    ----------
    command : str
        One of `COMMANDS`.
    args : list of str
        Hydra overrides and flags.

    Returns
    -------
    int
        0 done, 1 gate closed or check failed, 2 bad input or configuration, 3 internal.
    """
    # Hydra then raises the original error instead of printing its own and exiting with 1.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    return _run_sweep(command, args) if _is_sweep(args) else _run_guarded(command, args)


def _run_guarded(command: str, args: list[str]) -> int:
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from gosales.tracking.signals import Terminated

    try:
        _invoke(command, args)
    except GoSalesError as error:
        # With a parent run open the error is a job's, which told it when it happened.
        if PARENT_RUN not in os.environ or not _is_sweep(args):
            print(f"gosales {command}: {error}", file=sys.stderr)
        return error.exit_code
    except (HydraException, OmegaConfBaseException) as error:
        print(_explain_hydra(error), file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        if not is_refusal(error):
            return _internal(command)
        place = error.filename or "a file"
        print(
            f"gosales {command}: the system refuses to write or read; got {place}: "
            f"{error.strerror}; allowed: a writable place with room; to mend it: free room, or set "
            "paths.work and paths.outputs",
            file=sys.stderr,
        )
        return BAD_INPUT
    except KeyboardInterrupt:
        print(_STOPPED.format(command), file=sys.stderr)
        return 130
    except Terminated:
        print(_STOPPED.format(command), file=sys.stderr)
        raise
    except Exception:  # noqa: BLE001 - the last line of defence: told in full, never swallowed
        return _internal(command)
    return 0


def _internal(command: str) -> int:
    """Tell the error being handled in full."""
    traceback.print_exc()
    print(f"gosales {command}: internal error; the text above says where", file=sys.stderr)
    return INTERNAL
