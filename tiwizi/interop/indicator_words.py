"""Words of the workbook of indicators in the four languages: part of the file format, as those of the plan workbook.

Add words, never take any away.
"""

from tiwizi.interop.sheets import Layout
from tiwizi.interop.words import Words, said

SCHEMA = "tiwizi-indicators-1"


def _in_each(field: str, fr: str, nl: str, en: str, ar: str) -> dict[str, Words]:
    """A text in each language, one column for each."""
    return {
        f"{field}_fr": said(f"{fr} (français)", f"{nl} (Frans)", f"{en} (French)", f"{ar} (بالفرنسية)"),
        f"{field}_nl": said(f"{fr} (néerlandais)", f"{nl} (Nederlands)", f"{en} (Dutch)", f"{ar} (بالهولندية)"),
        f"{field}_en": said(f"{fr} (anglais)", f"{nl} (Engels)", f"{en} (English)", f"{ar} (بالإنجليزية)"),
        f"{field}_ar": said(f"{fr} (arabe)", f"{nl} (Arabisch)", f"{en} (Arabic)", f"{ar} (بالعربية)"),
    }


_NAMES = _in_each("name", "Nom", "Naam", "Name", "الاسم")
_CODE = said("Code", "Code", "Code", "الرمز")
_LIFE = {
    "start": said("Premier jour", "Eerste dag", "First day", "اليوم الأول"),
    "end": said("Dernier jour", "Laatste dag", "Last day", "اليوم الأخير"),
}
_WAS = {"was": said("Ne pas modifier", "Niet wijzigen", "Do not change", "لا تغير")}
_INDICATOR = said("Indicateur", "Indicator", "Indicator", "المؤشر")

HEADERS: dict[str, dict[str, Words]] = {
    "indicators": {
        "result": said("Résultat", "Resultaat", "Result", "النتيجة"),
        "code": _CODE,
        **_NAMES,
        "counts": said("Ce qu'il compte", "Wat hij telt", "What it counts", "ما يعده"),
        **_in_each("unit", "Unité", "Eenheid", "Unit", "الوحدة"),
        "calculation": said("Calcul du total", "Berekening van het totaal", "How totals are made", "طريقة الجمع"),
        "direction": said("Sens favorable", "Gunstige richting", "Which way is good", "الاتجاه الأفضل"),
        "decimals": said("Décimales", "Decimalen", "Decimals", "المنازل العشرية"),
        "sets": said("Ventilations", "Uitsplitsingen", "Breakdowns", "التفصيلات"),
        **_in_each("verification", "Moyen de vérification", "Verificatiemiddel", "Means of verification",
                   "وسيلة التحقق"),
        **_in_each("note", "Ce qui est compté ou non", "Wat telt en wat niet", "What is counted and what not",
                   "ما يحسب وما لا يحسب"),
        "reporters": said("Qui le rapporte", "Wie rapporteert", "Who reports it", "من يبلغ عنه"),
        "frequency": said("Quand il est demandé", "Wanneer gevraagd", "How often it is reported", "متى يطلب"),
        "public": said("Public", "Openbaar", "Public", "علني"),
        "baseline": said("Valeur de départ", "Beginwaarde", "Baseline", "القيمة المرجعية"),
        "baseline_date": said("Jour de la valeur de départ", "Dag van de beginwaarde", "Day of the baseline",
                               "يوم القيمة المرجعية"),
        "baseline_source": said("Source de la valeur de départ", "Bron van de beginwaarde", "Source of the baseline",
                                 "مصدر القيمة المرجعية"),
        **_WAS,
    },
    "targets": {
        "indicator": _INDICATOR,
        "body": said("Instance", "Orgaan", "Body", "الهيئة"),
        "period": said("Période", "Periode", "Period", "الفترة"),
        "value": said("Cible", "Streefwaarde", "Target", "القيمة المستهدفة"),
        **_WAS,
    },
    "sets": {"code": _CODE, **_NAMES, **_WAS},
    "categories": {
        "set": said("Ventilation", "Uitsplitsing", "Breakdown", "التفصيل"), "code": _CODE, **_NAMES, **_LIFE, **_WAS,
    },
}  # fmt: skip
SHEETS: dict[str, Words] = {
    "indicators": said("Indicateurs", "Indicatoren", "Indicators", "المؤشرات"),
    "targets": said("Cibles", "Streefwaarden", "Targets", "القيم المستهدفة"),
    "sets": said("Ventilations", "Uitsplitsingen", "Breakdowns", "التفصيلات"),
    "categories": said("Catégories", "Categorieën", "Categories", "الفئات"),
}
LISTS: dict[str, Words] = {
    "results": HEADERS["indicators"]["result"],
    "counts": HEADERS["indicators"]["counts"],
    "calculations": HEADERS["indicators"]["calculation"],
    "directions": HEADERS["indicators"]["direction"],
    "frequencies": HEADERS["indicators"]["frequency"],
    "sets": SHEETS["sets"],
    "who": HEADERS["indicators"]["reporters"],
    "answers": HEADERS["indicators"]["public"],
    "bodies": HEADERS["targets"]["body"],
    "periods": HEADERS["targets"]["period"],
}
NEEDED = {
    "indicators": {"result", "code", "counts"},
    "targets": {"indicator", "body", "value"},
    "sets": {"code"},
    "categories": {"set", "code"},
}
# What makes a sheet be of its part: with fewer columns it is something else.
_SIGNS = {
    "indicators": {"result", "counts"}, "targets": {"indicator", "value"}, "sets": {"code", "name_fr"},
    "categories": {"set", "name_fr"},
}  # fmt: skip
COUNTS: dict[str, Words] = {
    "persons": said("personnes", "personen", "persons", "أشخاص"),
    "acts": said("actes ou choses faites", "handelingen of dingen", "acts or things done", "أعمال أو منجزات"),
    "structures": said("structures", "structuren", "structures", "بنيات"),
    "money": said("argent", "geld", "money", "مال"),
    "scale": said("niveau sur une échelle", "niveau op een schaal", "level on a scale", "درجة في سلم"),
    "text": said("rien : en mots", "niets: in woorden", "nothing: in words", "لا شيء: بالكلمات"),
}
CALCULATIONS: dict[str, Words] = {
    "sum": said("additionnés", "opgeteld", "added up", "تجمع"),
    "latest": said("la dernière valeur reste", "laatste waarde blijft", "latest value stands", "تبقى آخر قيمة"),
    "ratio": said("rapport", "verhouding", "ratio", "نسبة"),
    "average": said("moyenne", "gemiddelde", "average", "متوسط"),
    "maximum": said("plus grande valeur", "grootste waarde", "largest value", "أكبر قيمة"),
    "unique": said("différents comptés une fois", "verschillende één keer geteld", "different ones counted once",
                    "المختلفة تعد مرة واحدة"),
}  # fmt: skip
DIRECTIONS: dict[str, Words] = {
    "up": said("plus, c'est mieux", "meer is beter", "more is better", "الأكثر أفضل"),
    "down": said("moins, c'est mieux", "minder is beter", "less is better", "الأقل أفضل"),
}
FREQUENCIES: dict[str, Words] = {
    "period": said("à chaque période", "elke periode", "at every period", "في كل فترة"),
    "year": said("une fois par an", "één keer per jaar", "once a year", "مرة في السنة"),
    "end": said("à la fin du programme", "aan het einde van het programma", "at the end of the programme",
                 "عند نهاية البرنامج"),
}  # fmt: skip
LIFE = said("toute la durée", "hele looptijd", "whole life", "كامل المدة")
EVERY = said("tous", "alle", "every", "كل")  # before a kind of body and a colon
EVERY_ALSO = ("toutes", "tout", "elke", "all")
LAYOUTS: dict[str, Layout] = {
    part: Layout(HEADERS[part], frozenset(NEEDED[part]), frozenset(_SIGNS[part]), silent=frozenset({"was"}))
    for part in HEADERS
}
