"""Single answers in a Parquet file, read by DuckDB as the places that counting needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from feedback_app.files.tables import AnalystFileError

ROWS_AT_ONCE = 20_000_000

Chunk = tuple[NDArray[np.int64], NDArray[np.int8]]


def answers_of_parquet(path: Path, item: str, *, services: int, months: int) -> Iterator[Chunk]:
    """Chunks of places and answers, as impact/fixed_effects.py takes them.

    The file has columns officer, service, month (places from 0) and the item (1 to 4); NULL is no
    answer. The arithmetic is DuckDB's, on all cores.
    """
    name = '"' + item.replace('"', '""') + '"'
    question = f"""
        SELECT officer::INTEGER * {services * months} + service::INTEGER * {months} + "month" AS p,
               {name}::TINYINT AS y
        FROM read_parquet(?, file_row_number = true)
        WHERE {name} IS NOT NULL AND file_row_number BETWEEN ? AND ?
    """  # noqa: S608 (numbers and a quoted name)
    try:
        with duckdb.connect() as connection:
            count = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)])
            rows = int((count.fetchone() or (0,))[0])
            for start in range(0, rows, ROWS_AT_ONCE):
                bounds = [str(path), start, start + ROWS_AT_ONCE - 1]
                found = connection.execute(question, bounds).fetchnumpy()
                yield np.asarray(found["p"], dtype=np.int64), np.asarray(found["y"])
    except duckdb.Error as error:
        raise AnalystFileError(f"{path}: {str(error).splitlines()[0]}") from None
