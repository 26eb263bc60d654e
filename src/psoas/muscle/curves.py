"""The law of one fibre: De Groote et al. 2016 curves, constant-width pennation, rigid tendon.

Curves: De Groote, Kinney, Rao, Fregly 2016, Ann Biomed Eng 44:2922, supplement, in the form of OpenSim's
DeGrooteFregly2016Muscle, whose constants make active(1) = 1, velocity(0) = 1 and velocity(-1) = 0 exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Height, centre, width at length 0, widening with length, of the three bells.
_BELLS = (
    (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
    (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
    (0.1, 1.0, 0.5 * 0.5**0.5, 0.0),
)
_D1, _D2, _D3, _D4 = -0.3211346127989808, -8.149, -0.374, 0.8825327733249912
_K_PE, _E_0 = 4.0, 0.6
FASTEST = 10.0
"""Greatest shortening velocity, optimal fibre lengths per second (Zajac 1989, Crit Rev Biomed Eng 17:359)."""


def active_length(length: ArrayLike) -> Floats:
    """Return the active force-length factor at normalised fibre length l.

    f(l) = sum over three bells of b1 exp(-(l - b2)^2 / (2 (b3 + b4 l)^2)); about 1 at l = 1.
    """
    at = np.asarray(length, dtype=np.float64)
    return np.asarray(sum(_height(at, *bell)[0] for bell in _BELLS))


def active_length_slope(length: ArrayLike) -> Floats:
    """Return df/dl of `active_length`."""
    at = np.asarray(length, dtype=np.float64)
    return np.asarray(sum(_slope(at, *bell) for bell in _BELLS))


def _height(at: Floats, b1: float, b2: float, b3: float, b4: float) -> tuple[Floats, Floats, Floats]:
    """Return a bell's height, and the distance from its centre and the width that make it."""
    width = b3 + b4 * at
    # The second bell's width passes through zero near l = 0.15, where the bell itself and its slope vanish.
    width = np.where(np.abs(width) < 1e-3, 1e-3, width)
    off = at - b2
    return b1 * np.exp(-0.5 * np.square(off / width)), off, width


def _slope(at: Floats, b1: float, b2: float, b3: float, b4: float) -> Floats:
    height, off, width = _height(at, b1, b2, b3, b4)
    return -height * off * (b3 + b4 * b2) / width**3


def velocity(speed: ArrayLike) -> Floats:
    """Return the force-velocity factor at normalised fibre velocity v (lengthening +, in units of FASTEST).

    f(v) = d1 ln(u + sqrt(u^2 + 1)) + d4,  u = d2 v + d3; 0 at v = -1, 1 at v = 0. Beyond -1 <= v <= 1 it
    stays at its end values, 0 and 1.794.
    """
    v = np.clip(np.asarray(speed, dtype=np.float64), -1.0, 1.0)
    return np.asarray(np.maximum(_D1 * np.arcsinh(_D2 * v + _D3) + _D4, 0.0))


def velocity_slope(speed: ArrayLike) -> Floats:
    """Return df/dv of `velocity`; 0 beyond -1 <= v <= 1."""
    v = np.asarray(speed, dtype=np.float64)
    slope = _D1 * _D2 / np.sqrt(np.square(_D2 * v + _D3) + 1.0)
    return np.asarray(np.where(np.abs(v) <= 1.0, slope, 0.0))


def passive_length(length: ArrayLike) -> Floats:
    """Return the passive force factor at normalised fibre length l.

    f(l) = max(0, (exp(kPE (l - 1) / e0) - 1) / (exp(kPE) - 1)),  kPE = 4, e0 = 0.6: none up to the
    optimal length, 1 at l = 1.6. (OpenSim counts stretch from l = 0.2 instead and has 0.018 at l = 1.)
    """
    stretch = np.maximum(np.asarray(length, dtype=np.float64) - 1.0, 0.0)
    return np.asarray(np.expm1(_K_PE * stretch / _E_0) / np.expm1(_K_PE))


def passive_length_slope(length: ArrayLike) -> Floats:
    """Return df/dl of `passive_length`; 0 at and below l = 1."""
    at = np.asarray(length, dtype=np.float64)
    rise = _K_PE / _E_0 * np.exp(_K_PE * np.maximum(at - 1.0, 0.0) / _E_0) / np.expm1(_K_PE)
    return np.asarray(np.where(at > 1.0, rise, 0.0))


def fibre_length(
    path_length_m: ArrayLike, tendon_slack_m: ArrayLike, optimal_fibre_m: ArrayLike, pennation_rad: ArrayLike
) -> Floats:
    """Return the fibre length l_m (m) that a rigid tendon leaves of the path.

    l = sqrt((path - tendon)^2 + (l0 sin a0)^2): the fibre keeps its width l0 sin a0 (a0 = pennation at the
    optimal length l0), so that cos a = sqrt(1 - (l0 sin a0 / l)^2). A path shorter than its tendon hangs
    slack: then path - tendon counts as 0.

    Args:
        path_length_m: (..., n) length of the whole path, m.
        tendon_slack_m: (n,) tendon length, m.
        optimal_fibre_m: (n,) l0, m.
        pennation_rad: (n,) a0, rad.

    """
    path, tendon = np.asarray(path_length_m, np.float64), np.asarray(tendon_slack_m, np.float64)
    width = np.asarray(optimal_fibre_m, np.float64) * np.sin(np.asarray(pennation_rad, np.float64))
    return np.asarray(np.hypot(np.maximum(path - tendon, 0.0), width))


@dataclass(frozen=True, eq=False)
class Capability:
    """What each muscle can do in each frame.

    Attributes:
        active_n: (..., n) active force at activation 1, along the tendon, N.
        passive_n: (..., n) passive force along the tendon, N.
        normalised_length: (..., n) fibre length over (tight) optimal length.

    """

    active_n: Floats
    passive_n: Floats
    normalised_length: Floats


def capability(
    path_length_m: ArrayLike,
    path_velocity_m_s: ArrayLike,
    max_force_n: ArrayLike,
    optimal_fibre_m: ArrayLike,
    tendon_slack_m: ArrayLike,
    pennation_rad: ArrayLike,
    tight: ArrayLike = 0.0,
    weak: ArrayLike = 0.0,
) -> Capability:
    """Return active and passive force along the tendon, and the normalised fibre length.

    With l0 = (1 - tight) optimal_fibre, l from `fibre_length`, cos a = (path - tendon) / l, v = path velocity
    / (cos a FASTEST l0):

        active  = (1 - weak) F_max active_length(l / l0) velocity(v) cos a
        passive = F_max passive_length(l / l0) cos a

    *tight* shortens the optimal fibre, hence moves both curves, and leaves the tendon. The fibre's width
    stays that of the untight muscle, which a shorter fibre spans at a steeper angle. *weak* takes
    contractile strength only: a muscle that lost strength (disuse, denervation) keeps its connective tissue,
    so the passive force stays.

    Args:
        path_length_m: (..., n), m.
        path_velocity_m_s: (..., n), lengthening +, m/s.
        max_force_n: (n,) PCSA times specific tension, N.
        optimal_fibre_m: (n,) untight optimal fibre length, m.
        tendon_slack_m: (n,) m.
        pennation_rad: (n,) at the untight optimal length, rad, 0 <= a0 < pi/2.
        tight: (n,) or one fraction, 0 <= t < 1.
        weak: (n,) or one fraction, 0 <= w <= 1.

    Raises:
        ValueError: a fraction, force or length out of range, or a NaN.

    """
    path, speed = np.asarray(path_length_m, np.float64), np.asarray(path_velocity_m_s, np.float64)
    force, optimal = np.asarray(max_force_n, np.float64), np.asarray(optimal_fibre_m, np.float64)
    tendon, pennation = np.asarray(tendon_slack_m, np.float64), np.asarray(pennation_rad, np.float64)
    t, w = np.asarray(tight, np.float64), np.asarray(weak, np.float64)
    _within("path_length_m", path, path > 0, "above 0 m")
    _within("path_velocity_m_s", speed, np.isfinite(speed), "a finite number of m/s")
    _within("max_force_n", force, force >= 0, "0 N or more")
    _within("optimal_fibre_m", optimal, optimal > 0, "above 0 m")
    _within("tendon_slack_m", tendon, tendon >= 0, "0 m or more")
    _within("pennation_rad", pennation, (pennation >= 0) & (pennation < np.pi / 2), "from 0 to under pi/2 rad")
    _within("tight", t, (t >= 0) & (t < 1), "a fraction of 0 to under 1")
    _within("weak", w, (w >= 0) & (w <= 1), "a fraction from 0 to 1")

    length = fibre_length(path, tendon, optimal, pennation)
    along = np.maximum(path - tendon, 0.0)
    # A slack path has no direction to pull along: no force, and no division by nothing.
    nothing = np.zeros(np.broadcast_shapes(along.shape, length.shape))
    cosine = np.divide(along, length, out=nothing, where=length > 0)
    shortened = (1.0 - t) * optimal
    normalised = length / shortened
    speed_factor = velocity(speed / (np.maximum(cosine, 1e-3) * FASTEST * shortened))
    active = force * (1.0 - w) * active_length(normalised) * speed_factor * cosine
    passive = force * passive_length(normalised) * cosine
    active, passive, normalised = np.broadcast_arrays(active, passive, normalised)
    return Capability(active.copy(), passive.copy(), normalised.copy())


def _within(name: str, value: Floats, good: NDArray[np.bool_], allowed: str) -> None:
    good = good & np.isfinite(value)
    if not np.all(good):
        raise ValueError(f"{name} holds {value[~good].flat[0]:g}, where {allowed} is needed.")
