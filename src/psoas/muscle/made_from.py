"""What compiled code was made from, as one number: kept code whose number differs is not run."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np


def made_from(function: Any) -> int:
    """Return a number for a compiled function: another one for other code or other constants, here or in what it calls.

    function: Numba's, or any with its plain Python as `py_func` and its options as `targetoptions`. Read are the
    byte codes of it and of all that it calls, however far, and the value of every global that they name.
    Raises TypeError for a global whose value is not known to be told in full: a number, NumPy, a compiled function.
    """
    told, waiting, seen = sha256(), [function], {function.py_func}
    while waiting:
        compiled = waiting.pop()
        plain = compiled.py_func
        code = plain.__code__
        told.update(repr((sorted(compiled.targetoptions.items()), code.co_code, code.co_consts)).encode())
        told.update(repr((code.co_names, code.co_varnames)).encode())
        for name in code.co_names:
            value = plain.__globals__.get(name)
            if hasattr(value, "py_func"):
                if value.py_func not in seen:
                    seen.add(value.py_func)
                    waiting.append(value)
            elif isinstance(value, bool | int | float):
                told.update(repr((name, value)).encode())
            elif name in plain.__globals__ and value is not np:
                raise TypeError(f"{plain.__name__} uses {name}, a {type(value).__name__}: pass it as an argument.")
    return int.from_bytes(told.digest()[:7], "big")
