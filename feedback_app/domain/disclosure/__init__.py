"""What may be shown without singling anybody out: the gate of every number about answers.

`groups` says which numbers tell too much, `blocks` closes days into blocks of ten, `gate` turns
sums into values that may be printed, `parts` finds parts that no subtraction opens, `comments`
batches and masks words. docs/adr/0012-closed-blocks.md gives the reasons.
"""

from feedback_app.domain.disclosure.blocks import (
    Block,
    DayForms,
    Grid,
    Stretch,
    by_stretch,
    closed_months,
    closed_quarters,
    counter_to_shorten,
    ending_within,
    grid_of,
    grid_start,
    months_later,
    months_of,
    without_end_of,
)
from feedback_app.domain.disclosure.comments import (
    COMMENT_BATCH,
    COMMENT_DELAY,
    MASK,
    MASKED,
    Batch,
    Remark,
    closed_batch,
    comment_batches,
    first_month_of,
    mask,
)
from feedback_app.domain.disclosure.gate import (
    Answers,
    Band,
    Score,
    Withheld,
    elements_of,
    hidden_elements,
    score_of,
)
from feedback_app.domain.disclosure.groups import (
    MIN_GROUP,
    RENEWED_BY,
    Counts,
    is_unanimous,
    merge_small,
    tells,
    tells_total,
)

__all__ = [
    "COMMENT_BATCH",
    "COMMENT_DELAY",
    "MASK",
    "MASKED",
    "MIN_GROUP",
    "RENEWED_BY",
    "Answers",
    "Band",
    "Batch",
    "Block",
    "Counts",
    "DayForms",
    "Grid",
    "Remark",
    "Score",
    "Stretch",
    "Withheld",
    "by_stretch",
    "closed_batch",
    "closed_months",
    "closed_quarters",
    "comment_batches",
    "counter_to_shorten",
    "elements_of",
    "ending_within",
    "first_month_of",
    "grid_of",
    "grid_start",
    "hidden_elements",
    "is_unanimous",
    "mask",
    "merge_small",
    "months_later",
    "months_of",
    "score_of",
    "tells",
    "tells_total",
    "without_end_of",
]
