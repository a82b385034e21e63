"""Makes `tiwizi/network/places/hcp.csv` and `nis.csv` out of a folder of open data: `scripts/places.py FOLDER`.

The folder holds `ma_*.csv` (Haut-Commissariat au Plan, GeoNames) and `be_municipalities.csv` (Statbel, BeST Address,
GeoNames); `docs/credits.md` says what is taken and under which licence. Only what a form needs is kept.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

TARGET = Path(__file__).parent.parent / "tiwizi" / "network" / "places"
COLUMNS = ["code", "fr", "other", "population", "lat", "lon", "was"]
# Statbel's codes of the provinces and regions, which the list of municipalities does not repeat.
PROVINCES = {
    "10000": ("Anvers", "Antwerpen"), "20001": ("Brabant flamand", "Vlaams-Brabant"),
    "20002": ("Brabant wallon", "Waals-Brabant"), "30000": ("Flandre occidentale", "West-Vlaanderen"),
    "40000": ("Flandre orientale", "Oost-Vlaanderen"), "50000": ("Hainaut", "Henegouwen"),
    "60000": ("Liège", "Luik"), "70000": ("Limbourg", "Limburg"), "80000": ("Luxembourg", "Luxemburg"),
    "90000": ("Namur", "Namen"), "02000": ("Flandre", "Vlaanderen"), "03000": ("Wallonie", "Wallonië"),
    "04000": ("Bruxelles-Capitale", "Brussel-Hoofdstad"),
}  # fmt: skip
Line = dict[str, str]


def rows(folder: Path, name: str) -> list[Line]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moroccan(folder: Path) -> Iterable[Line]:
    """Regions and provinces have no point: theirs would be that of a town."""
    for name in ("ma_regions.csv", "ma_provinces.csv", "ma_communes.csv", "ma_arrondissements.csv"):
        town = name == "ma_communes.csv"
        for row in rows(folder, name):
            yield {
                "code": row["code"], "fr": row["name_fr"], "other": row["name_ar"], "population": row["pop_2024"],
                "lat": row["lat"] if town else "", "lon": row["lon"] if town else "",
            }  # fmt: skip


def belgian(folder: Path) -> Iterable[Line]:
    for code, (fr, nl) in PROVINCES.items():
        yield {"code": code, "fr": fr, "other": nl}
    for row in rows(folder, "be_municipalities.csv"):
        was = [code for code in row["merged_from"].split() if code != row["nis"]]
        yield {
            "code": row["nis"], "fr": row["name_fr"], "other": row["name_nl"], "population": row["pop_2020"],
            "lat": row["lat"], "lon": row["lon"], "was": " ".join(was),
        }  # fmt: skip


def main(folder: Path) -> None:
    for name, lines in (("hcp.csv", moroccan(folder)), ("nis.csv", belgian(folder))):
        with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(sorted(lines, key=lambda line: line["code"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
