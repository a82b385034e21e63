"""Words of the network workbook in the four languages: part of the file format, as those of the plan workbook.

Add words, never take any away.
"""

from tiwizi.interop.sheets import Layout
from tiwizi.interop.words import LANGUAGES

SCHEMA = "tiwizi-network-1"
Words = dict[str, str]


def _said(fr: str, nl: str, en: str, ar: str) -> Words:
    return dict(zip(LANGUAGES, (fr, nl, en, ar), strict=True))


_CODE = _said("Nom court", "Korte naam", "Short name", "الاسم المختصر")
_NAMES = {
    "name_fr": _said("Nom en français", "Naam in het Frans", "Name in French", "الاسم بالفرنسية"),
    "name_nl": _said("Nom en néerlandais", "Naam in het Nederlands", "Name in Dutch", "الاسم بالهولندية"),
    "name_en": _said("Nom en anglais", "Naam in het Engels", "Name in English", "الاسم بالإنجليزية"),
    "name_ar": _said("Nom en arabe", "Naam in het Arabisch", "Name in Arabic", "الاسم بالعربية"),
}
_LIFE = {
    "start": _said("Premier jour", "Eerste dag", "First day", "اليوم الأول"),
    "end": _said("Dernier jour", "Laatste dag", "Last day", "اليوم الأخير"),
}
_LEVEL = _said("Niveau", "Niveau", "Level", "المستوى")
_BODY = _said("Instance", "Orgaan", "Body", "الهيئة")
_ORGANISATION = _said("Organisation", "Organisatie", "Organisation", "المنظمة")

HEADERS: dict[str, dict[str, Words]] = {
    "levels": {
        "code": _CODE, **_NAMES,
        "rank": _said("Place parmi les niveaux", "Plaats onder de niveaus", "Place among the levels",
                      "الرتبة بين المستويات"),
    },
    "kinds": {"code": _CODE, **_NAMES},
    "organisations": {
        "code": _CODE,
        "kind": _said("Type d'organisation", "Soort organisatie", "Kind of organisation", "نوع المنظمة"),
        **_NAMES,
        "country": _said("Pays", "Land", "Country", "البلد"),
        "region": _said("Région", "Gewest", "Region", "الجهة"),
        "province": _said("Province", "Provincie", "Province", "الإقليم"),
        "scheme": _said("Liste du code", "Lijst van de code", "List of the code", "لائحة الرمز"),
        "ref": _said("Code", "Code", "Code", "الرمز"),
        "lat": _said("Latitude", "Breedtegraad", "Latitude", "خط العرض"),
        "lon": _said("Longitude", "Lengtegraad", "Longitude", "خط الطول"),
        "population": _said("Habitants", "Inwoners", "Inhabitants", "السكان"),
        "population_year": _said("Année du chiffre", "Jaar van het cijfer", "Year of the figure", "سنة الرقم"),
    },
    "bodies": {
        "code": _CODE, "kind": _LEVEL, **_NAMES, **_LIFE,
        "uncertain": _said("À confirmer", "Te bevestigen", "To be confirmed", "في انتظار التأكيد"),
        "note": _said("Remarque", "Opmerking", "Remark", "ملاحظة"),
    },
    "groupings": {
        "body": _BODY, "whole": _said("Rattachée à", "Hoort bij", "Belongs to", "تنتمي إلى"), **_LIFE,
    },
    "seats": {
        "body": _BODY, "organisation": _ORGANISATION, "side": _said("Côté", "Kant", "Side", "الجانب"), **_LIFE,
    },
    "contacts": {
        "body": _BODY, "organisation": _ORGANISATION,
        "office": _said("Service responsable", "Verantwoordelijke dienst", "Office in charge", "المصلحة المسؤولة"),
        "mail": _said("Adresse électronique", "E-mailadres", "E-mail address", "البريد الإلكتروني"),
        "phone": _said("Téléphone", "Telefoon", "Telephone", "الهاتف"),
        "address": _said("Adresse postale", "Postadres", "Postal address", "العنوان البريدي"),
        "website": _said("Site web", "Website", "Web site", "الموقع الإلكتروني"),
    },
}  # fmt: skip
SHEETS: dict[str, Words] = {
    "levels": _said("Niveaux", "Niveaus", "Levels", "المستويات"),
    "kinds": _said("Types d'organisations", "Soorten organisaties", "Kinds of organisations", "أنواع المنظمات"),
    "organisations": _said("Organisations", "Organisaties", "Organisations", "المنظمات"),
    "bodies": _said("Instances", "Organen", "Bodies", "الهيئات"),
    "groupings": _said("Rattachements", "Verbanden", "Ties", "الانتماءات"),
    "contacts": _said("Contacts", "Contacten", "Contacts", "جهات الاتصال"),
    "seats": _said("Sièges", "Zetels", "Seats", "العضويات"),
}
NEEDED = {
    "levels": {"rank"},
    "kinds": {"name_fr"},
    "organisations": {"kind", "country"},
    "bodies": {"kind"},
    "groupings": {"body", "whole"},
    "seats": {"body", "organisation", "side"},
    "contacts": set(),
}
SIDES: dict[str, Words] = {
    "north": _said("Nord", "Noorden", "North", "الشمال"),
    "south": _said("Sud", "Zuiden", "South", "الجنوب"),
    "member": _said("membre", "lid", "member", "عضو"),
    "donor": _said("bailleur", "donor", "donor", "مانح"),
}
# What makes a sheet be of its part: with fewer columns it is something else.
_SIGNS = {
    "levels": {"rank"}, "kinds": {"name_fr"}, "organisations": {"country"}, "bodies": {"kind", "name_fr"},
    "groupings": {"body", "whole"}, "seats": {"body", "organisation"},
    "contacts": {"mail"},
}  # fmt: skip
LAYOUTS: dict[str, Layout] = {
    part: Layout(HEADERS[part], frozenset(NEEDED[part]), frozenset(_SIGNS[part])) for part in HEADERS
}
