"""The command line's ways of writing quantities: 6%, 154 lb, 5 ft 6 in, multifidus=30%."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from psoas.errors import InputError

POUND_KG = 0.45359237
INCH_M = 0.0254
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_FRACTION = re.compile(rf"\s*({NUMBER})\s*(%?)\s*\Z")
_MASS = re.compile(rf"\s*({NUMBER})\s*(kg|kilograms?|lbs?|pounds?|st|g)?\s*\Z", re.IGNORECASE)
_LENGTH = re.compile(rf"\s*({NUMBER})\s*(m|cm|mm|metres?|meters?|in|inch|inches|\"|ft|')?\s*\Z", re.IGNORECASE)
_FEET = re.compile(rf"\s*(\d+)\s*(?:ft|feet|foot|')\s*(?:({NUMBER})\s*(?:in|inch|inches|\")?)?\s*\Z", re.IGNORECASE)
_MASS_KG = {"kg": 1.0, "kilogram": 1.0, "lb": POUND_KG, "pound": POUND_KG, "st": 14 * POUND_KG, "g": 1e-3}
_LENGTH_M = {
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "cm": 1e-2,
    "mm": 1e-3,
    "ft": 12 * INCH_M,
    "'": 12 * INCH_M,
}


def parse_fraction(text: str, *, flag: str = "a fraction", largest: float = 0.95) -> float:
    """Return "6%", "6 %" or "0.06" as 0.06. Raises InputError naming `flag` for anything else or above `largest`."""
    match = _FRACTION.match(text)
    if match is None:
        raise InputError(f"{flag} is '{text}'; write a fraction such as 6% or 0.06.")
    value = float(match[1]) / (100 if match[2] else 1)
    if not 0 <= value <= largest:
        hint = f" For {match[1]} percent write {match[1]}%." if not match[2] and 1 <= value <= 100 * largest else ""
        raise InputError(f"{flag} is '{text}'; allowed is 0% to {largest:.0%}.{hint}")
    return value


def parse_mass(text: str, *, flag: str = "a mass") -> float:
    """Return a mass in kg: "70", "70 kg", "154 lb", "11 st"."""
    match = _MASS.match(text)
    if match is None:
        raise InputError(f"{flag} is '{text}'; write kilograms such as 70, or 154 lb.")
    unit = (match[2] or "kg").lower()
    return float(match[1]) * _MASS_KG[unit if unit in _MASS_KG else unit.rstrip("s")]


def parse_height(text: str, *, flag: str = "a height") -> float:
    """Return a height in m: "1.68", "168 cm", "5 ft 6 in", "66 in". A bare 168 is an error."""
    feet = _FEET.match(text)
    if feet is not None:
        return int(feet[1]) * 12 * INCH_M + float(feet[2] or 0) * INCH_M
    match = _LENGTH.match(text)
    if match is None:
        raise InputError(f"{flag} is '{text}'; write metres such as 1.68, or 168 cm, or 5 ft 6 in.")
    unit = (match[2] or "m").lower()
    value = float(match[1])
    if match[2] is None and value > 3:
        raise InputError(f"{flag} is '{text}', which would be metres; for centimetres write '{text} cm'.")
    return value * _LENGTH_M.get(unit if unit in _LENGTH_M else unit.rstrip("s"), INCH_M)


def parse_changes(texts: Iterable[str], *, flag: str = "a change", default: str | None = None) -> dict[str, float]:
    """Return {"multifidus": 0.3} for ["multifidus=30%"]; commas separate, a bare fraction means `default`."""
    found: dict[str, float] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        name, equals, amount = part.partition("=")
        name = name.strip()
        if not equals:
            if default is None or _FRACTION.match(part) is None:
                example = f"{flag} multifidus=30%" + (f", or {flag} 6% for {default}" if default else "")
                raise InputError(f"{flag} is '{part}'; write a muscle and a fraction: {example}.")
            name, amount = default, part
        if not name:
            raise InputError(f"{flag} is '{part}', which names no muscle; write {flag} multifidus=30%.")
        if name in found:
            raise InputError(f"{flag} names '{name}' twice; keep one of them.")
        found[name] = parse_fraction(amount, flag=f"{flag} {name}" if equals else flag)
    return found


def show_fraction(fraction: float, decimals: int | None = None) -> str:
    """Return a fraction in per cent as it is told: 6 %, 0.7 %; with as many decimals as asked for, or as it needs."""
    return f"{100 * fraction:g} %" if decimals is None else f"{100 * fraction:.{decimals}f} %"


def show_mass(mass_kg: float) -> str:
    """Return a mass as it is written in a table: 70 kg, 72.6 kg."""
    return f"{mass_kg:.1f}".removesuffix(".0") + " kg" if math.isfinite(mass_kg) else "- kg"


def parse_whole(text: str, *, flag: str) -> int:
    """Return a whole number. Raises InputError naming `flag` for anything else: 1.5 is not taken for 2."""
    try:
        return int(text)
    except ValueError:
        raise InputError(f"{flag} is '{text}'; write a whole number.") from None
