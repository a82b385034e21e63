"""Reading the files of an example: each fault is told with its file, its line and what was expected."""

import csv
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tiwizi.base.errors import Refusal


class FaultyExample(Exception):
    """A data file that cannot be read: the message names the file, the line and what was expected."""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a CSV file, with their number as `_line`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            yield row | {"_line": str(reader.line_num)}


@contextmanager
def located(path: Path, row: dict[str, str]) -> Iterator[None]:
    """Whatever is wrong in here is wrong with this line."""
    try:
        yield
    except KeyError as error:
        raise FaultyExample(f"{path.name}, line {row['_line']}: {error} is not known") from error
    except ValueError as error:
        raise FaultyExample(f"{path.name}, line {row['_line']}: {error}") from error
    except Refusal as refusal:
        raise FaultyExample(f"{path.name}, line {row['_line']}: {refusal.sentence}") from refusal


def toml_of(path: Path) -> dict[str, Any]:
    """What a TOML file says."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FaultyExample(f"{path.name}: {error}") from error
