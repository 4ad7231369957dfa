"""A fixed-effects event study on millions of answers, from dense cells.

Model: answer = officer + month + service + months since the training + error, least squares on
single answers, errors clustered by officer. Counts and sums by officer × service × month are
sufficient for the coefficients and for officer-clustered errors (Wong, Lewis and Wardrop 2021).
Officers are absorbed; the normal equations are as large as months + services + event months.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_app.impact.panel import Floats, Ints

OUTSIDE = -1  # an officer-month that belongs to no event month


@dataclass(frozen=True, slots=True)
class Shape:
    """How many officers, services and months there are."""

    officers: int
    services: int
    months: int


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Coefficients of the event months (K,) in points, clustered errors, answers, officers.

    Errors carry the factor G/(G−1) × (N−1)/(N−P) of statsmodels and Stata; P counts officers,
    months, services and event months.
    """

    coefficients: Floats
    se: Floats
    n: int
    officers: int


def dense_cells(chunks: Iterable[tuple[Ints, NDArray[Any]]], shape: Shape) -> tuple[Floats, Floats]:
    """Answers and their sums by officer × service × month, both (O, S, T).

    Each chunk holds places (R,), (officer × S + service) × T + month, and answers (R,) 1 to 4.
    """
    size = shape.officers * shape.services * shape.months
    n, total = np.zeros(size), np.zeros(size)
    with ThreadPoolExecutor(2) as pool:  # bincount lets go of the interpreter
        for place, value in chunks:
            counted = pool.submit(np.bincount, place, None, size)
            total += np.bincount(place, value, size)
            n += counted.result()
    grid = (shape.officers, shape.services, shape.months)
    return n.reshape(grid), total.reshape(grid)


def event_study(n: Floats, total: Floats, relative: Ints) -> EventStudy:
    """Fit the model to dense cells; `relative` (O, T) is the event month's place, or OUTSIDE."""
    kinds = int(relative.max()) + 1
    months, services = n.shape[2] - 1, n.shape[1] - 1
    n_month, y_month = n.sum(axis=1), total.sum(axis=1)
    n_service, y_service = n.sum(axis=2), total.sum(axis=2)
    n_event = _by_event(n_month, relative, kinds)
    gram = _gram(n, n_month, relative, kinds)
    right = np.concatenate(
        [
            y_month.sum(axis=0)[1:],
            y_service.sum(axis=0)[1:],
            _by_event(y_month, relative, kinds).sum(axis=0),
        ]
    )
    design = np.column_stack([n_month[:, 1:], n_service[:, 1:], n_event])
    n_officer, y_officer = n_month.sum(axis=1), y_month.sum(axis=1)
    weight = np.where(n_officer > 0, 1 / np.where(n_officer > 0, n_officer, 1.0), 0.0)
    gram -= design.T @ (design * weight[:, None])
    right -= design.T @ (y_officer * weight)
    inverse = np.asarray(np.linalg.pinv(gram, rcond=1e-11, hermitian=True), dtype=float)
    theta = inverse @ right
    level = (y_officer - design @ theta) * weight
    of_month = np.concatenate([[0.0], theta[:months]])[None, :]
    of_event = np.concatenate([theta[months + services :], [0.0]])  # OUTSIDE takes the last
    here = of_month + of_event[relative]
    of_service = np.concatenate([[0.0], theta[months : months + services]])
    rest_month = y_month - n_month * (level[:, None] + here)
    rest_month -= np.einsum("ost,s->ot", n, of_service)
    rest_service = y_service - n_service * (level[:, None] + of_service[None, :])
    rest_service -= np.einsum("ost,ot->os", n, here)
    events = _by_event(rest_month, relative, kinds)
    scores = np.column_stack([rest_month[:, 1:], rest_service[:, 1:], events])
    used, answers = int((n_officer > 0).sum()), round(float(n_officer.sum()))
    parameters = used + int(np.linalg.matrix_rank(gram, hermitian=True))
    factor = used / (used - 1) * (answers - 1) / (answers - parameters)
    covariance = inverse @ (scores.T @ scores) @ inverse * factor
    errors = np.sqrt(np.diag(covariance)[-kinds:])
    return EventStudy(theta[-kinds:], errors, answers, used)


def _by_event(table: Floats, relative: Ints, kinds: int) -> Floats:
    """Sum an officer × month table over event months: (O, K)."""
    inside = relative != OUTSIDE
    place = np.nonzero(inside)[0] * kinds + relative[inside]
    sums = np.bincount(place, table[inside], minlength=table.shape[0] * kinds)
    return np.asarray(sums.reshape(table.shape[0], kinds), dtype=float)


def _gram(n: Floats, n_month: Floats, relative: Ints, kinds: int) -> Floats:
    """Answers in every pair of month, service and event month; the first of each is left out."""
    months, services = n.shape[2] - 1, n.shape[1] - 1
    gram = np.zeros((months + services + kinds,) * 2)
    month, service = slice(0, months), slice(months, months + services)
    event = slice(months + services, None)
    inside = relative != OUTSIDE
    officer, column = np.nonzero(inside)
    kind = relative[inside]
    together = n.sum(axis=0)
    with_month = np.bincount(
        kind * n.shape[2] + column, n_month[inside], minlength=kinds * n.shape[2]
    ).reshape(kinds, n.shape[2])
    treated = n[officer, :, column]
    with_service = np.stack([np.bincount(kind, treated[:, s], kinds) for s in range(n.shape[1])])
    gram[month, month] = np.diag(together.sum(axis=0)[1:])
    gram[service, service] = np.diag(together.sum(axis=1)[1:])
    gram[event, event] = np.diag(with_month.sum(axis=1))
    gram[service, month] = together[1:, 1:]
    gram[event, month] = with_month[:, 1:]
    gram[event, service] = with_service.T[:, 1:]
    return np.asarray(np.tril(gram) + np.tril(gram, -1).T, dtype=float)
