"""Run one command as a Hydra app, with our exit codes and our error texts."""

from __future__ import annotations

import os
import sys
import traceback

from gosales.cli.override_shorthand import expand
from gosales.core.errors import GoSalesError
from gosales.pipelines.conf_files import conf_root

INTERNAL = 3
BAD_INPUT = 2
PARENT_RUN = "GOSALES_PARENT_RUN_ID"


def _is_sweep(args: list[str]) -> bool:
    return any(a in ("-m", "--multirun") for a in args)


def _explain_hydra(error: Exception) -> str:
    text = str(error).strip()
    cause = error.__cause__
    if cause is not None and str(cause).strip() not in text:
        text = f"{text}\n{str(cause).strip()}"
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

    expanded = [quote(piece) for argument in args for piece in expand(argument)]
    saved = sys.argv
    sys.argv = [f"gosales {command}", *expanded]
    try:
        hydra.main(version_base="1.3", config_path=str(conf_root()), config_name=command)(
            run_task
        )()
    finally:
        sys.argv = saved
    if failure:
        raise failure.pop()


def _finish_sweep() -> int:
    parent = os.environ.pop(PARENT_RUN, None)
    if parent is None:
        return 0
    from gosales.cli.sweep_summary import finish_sweep

    return finish_sweep(parent)


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
    code = _run_guarded(command, args)
    if _is_sweep(args):
        code = max(code, _finish_sweep())
    return code


def _run_guarded(command: str, args: list[str]) -> int:
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        _invoke(command, args)
    except GoSalesError as error:
        print(f"gosales {command}: {error}", file=sys.stderr)
        return error.exit_code
    except (HydraException, OmegaConfBaseException) as error:
        print(_explain_hydra(error), file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"gosales {command}: stopped; finished work is kept, run it again", file=sys.stderr)
        return 130
    except Exception:  # noqa: BLE001 - the last line of defence: told in full, never swallowed
        traceback.print_exc()
        print(f"gosales {command}: internal error; the text above says where", file=sys.stderr)
        return INTERNAL
    return 0
