"""Why visitors of the demo gave a 1 or a 2, and how their visit went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from feedback_app.domain.causes import LOW, OF_ELEMENT, VISIT_FACTS, packed
from feedback_app.domain.elements import ALL_KEYS

# The main cause of each element (its place in the list), and where a counter differs from it.
MAIN = {"waktu": 0, "prosedur": 1, "sarana": 0, "informasi": 1, "kecepatan": 1}
AT_COUNTER = {("waktu", 2): 1, ("sarana", 4): 1}  # counter 3: the network; counter 5: the heat
SAYS_NOTHING, MAIN_SHARE, OTHER_SHARE = 0.3, 0.7, 0.12
FACT_SHARES = ((0.62, 0.28, 0.1), (0.7, 0.18, 0.12))
TELLS_FACTS = 0.6


def details(row: Mapping[str, Any], counter: int, rng: np.random.Generator) -> dict[str, Any]:
    """The columns of a rating that hold causes and facts; `counter` is its place in COUNTERS."""
    ticked = []
    for key in ALL_KEYS:
        if row[key] not in LOW or rng.random() < SAYS_NOTHING:
            continue
        main = AT_COUNTER.get((key, counter), MAIN.get(key, 0))
        for place, cause in enumerate(OF_ELEMENT[key]):
            if rng.random() < (MAIN_SHARE if place == main else OTHER_SHARE):
                ticked.append(cause)
    tells = rng.random() < TELLS_FACTS
    facts = {
        fact.key: fact.choices[int(rng.choice(3, p=shares))][0] if tells else None
        for fact, shares in zip(VISIT_FACTS, FACT_SHARES, strict=True)
    }
    return {"causes": packed(ticked)} | facts
