"""Words of the plan workbook in the four languages.

They are part of the file format, not of the catalogues: a better translation of a page must not make yesterday's
workbooks unreadable. Add words, never take any away.
"""

import unicodedata

LANGUAGES = ("fr", "nl", "en", "ar")
Words = dict[str, str]


def said(fr: str, nl: str, en: str, ar: str) -> Words:
    """Words of a file in each of its languages."""
    return dict(zip(LANGUAGES, (fr, nl, en, ar), strict=True))


SCHEMA = "tiwizi-plan-1"

# field -> header in each language. The order is the order of the columns.
HEADERS: dict[str, dict[str, str]] = {
    "reference": {"fr": "Référence", "nl": "Referentie", "en": "Reference", "ar": "المرجع"},
    "title": {"fr": "Intitulé", "nl": "Titel", "en": "Title", "ar": "العنوان"},
    "result": {"fr": "Résultat intermédiaire", "nl": "Tussentijds resultaat", "en": "Intermediate result",
               "ar": "النتيجة الوسيطة"},
    "main_target": {"fr": "Groupe cible principal", "nl": "Voornaamste doelgroep", "en": "Main target group",
                    "ar": "الفئة المستهدفة الرئيسية"},
    "other_targets": {"fr": "Autres groupes cibles", "nl": "Andere doelgroepen", "en": "Other target groups",
                      "ar": "فئات مستهدفة أخرى"},
    "kind": {"fr": "Type d'activité", "nl": "Soort activiteit", "en": "Kind of activity", "ar": "نوع النشاط"},
    "commune": {"fr": "Commune", "nl": "Gemeente", "en": "Municipality", "ar": "الجماعة"},
    "window_start": {"fr": "Du", "nl": "Van", "en": "From", "ar": "من"},
    "window_end": {"fr": "Au", "nl": "Tot", "en": "To", "ar": "إلى"},
    "participants": {"fr": "Participants", "nl": "Deelnemers", "en": "Participants", "ar": "المشاركون"},
    "languages": {"fr": "Langues", "nl": "Talen", "en": "Languages", "ar": "اللغات"},
    "cost_cents": {"fr": "Coût estimé seul", "nl": "Geraamde kosten alleen", "en": "Estimated cost alone",
                   "ar": "الكلفة التقديرية للتنفيذ المنفرد"},
    "cost_basis": {"fr": "Base de l'estimation", "nl": "Basis van de raming", "en": "Basis of the estimate",
                   "ar": "أساس التقدير"},
    "priority": {"fr": "Priorité", "nl": "Prioriteit", "en": "Priority", "ar": "الأولوية"},
    "mandatory": {"fr": "Obligatoire", "nl": "Verplicht", "en": "Mandatory", "ar": "إلزامي"},
    "poolable": {"fr": "Peut être mutualisée", "nl": "Kan samen", "en": "May be pooled", "ar": "قابل للتجميع"},
    "hosts": {"fr": "Lieux d'accueil acceptés", "nl": "Aanvaarde gastgemeenten", "en": "Hosts accepted",
              "ar": "أماكن الاستضافة المقبولة"},
    "avoid": {"fr": "Partenaires à éviter", "nl": "Te vermijden partners", "en": "Partners to avoid",
              "ar": "شركاء يجب تجنبهم"},
    "note": {"fr": "Remarque", "nl": "Opmerking", "en": "Note", "ar": "ملاحظة"},
}  # fmt: skip
SHEETS: dict[str, dict[str, str]] = {
    "activities": {"fr": "Activités", "nl": "Activiteiten", "en": "Activities", "ar": "الأنشطة"},
    "instructions": {"fr": "Mode d'emploi", "nl": "Handleiding", "en": "Instructions", "ar": "الإرشادات"},
    "lists": {"fr": "Listes", "nl": "Lijsten", "en": "Lists", "ar": "القوائم"},
}
YES = {"fr": "oui", "nl": "ja", "en": "yes", "ar": "نعم"}
NO = {"fr": "non", "nl": "nee", "en": "no", "ar": "لا"}
_TRUE = {*YES.values(), "1", "true", "vrai", "waar", "x", "✓", "✔", "y", "o", "j", "صحيح"}
_FALSE = {*NO.values(), "0", "false", "faux", "onwaar", "n", "-", "خطأ"}
LANGUAGE_NAMES: dict[str, dict[str, str]] = {
    "fr": {"fr": "français", "nl": "Frans", "en": "French", "ar": "الفرنسية"},
    "ar": {"fr": "arabe", "nl": "Arabisch", "en": "Arabic", "ar": "العربية"},
    "ber": {"fr": "amazigh", "nl": "Amazigh", "en": "Amazigh", "ar": "الأمازيغية"},
    "nl": {"fr": "néerlandais", "nl": "Nederlands", "en": "Dutch", "ar": "الهولندية"},
    "en": {"fr": "anglais", "nl": "Engels", "en": "English", "ar": "الإنجليزية"},
}
# Names of the months: French, Dutch, English, Arabic as written in Morocco, Arabic as written further east.
_MONTHS = [
    "janvier januari january يناير",
    "fevrier februari february فبراير",
    "mars maart march مارس",
    "avril april april أبريل ابريل إبريل",
    "mai mei may ماي مايو",
    "juin juni june يونيو",
    "juillet juli july يوليوز يوليو",
    "aout augustus august غشت أغسطس",
    "septembre september september شتنبر سبتمبر",
    "octobre oktober october أكتوبر اكتوبر",
    "novembre november november نونبر نوفمبر",
    "decembre december december دجنبر ديسمبر",
]
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def western_digits(text: str) -> str:
    """Arabic-Indic digits as 0 to 9."""
    return text.translate(_DIGITS)


def plain(text: str) -> str:
    """A text as it is compared: no accents, no case, one space, straight quotes and dashes, western digits."""
    text = western_digits(text).replace("’", "'").replace("–", "-").replace("—", "-").replace("ـ", "")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split()).strip(" *:")


NEEDED = {"title", "kind", "result", "main_target", "window_start", "window_end"}
ALSO = {"cost": "cost_cents", "from": "window_start", "to": "window_end"}  # headers of old, to fields
MONTHS = {plain(name): number for name, number in MONTHS.items()}
YES_NO: dict[str, bool] = {plain(w): True for w in _TRUE} | {plain(w) or "-": False for w in _FALSE}
