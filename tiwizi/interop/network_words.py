"""Words of the network workbook in the four languages: part of the file format, as those of the plan workbook.

Add words, never take any away.
"""

from tiwizi.interop.sheets import Layout
from tiwizi.interop.words import Words, said

SCHEMA = "tiwizi-network-1"
_CODE = said("Nom court", "Korte naam", "Short name", "الاسم المختصر")
_NAMES = {
    "name_fr": said("Nom en français", "Naam in het Frans", "Name in French", "الاسم بالفرنسية"),
    "name_nl": said("Nom en néerlandais", "Naam in het Nederlands", "Name in Dutch", "الاسم بالهولندية"),
    "name_en": said("Nom en anglais", "Naam in het Engels", "Name in English", "الاسم بالإنجليزية"),
    "name_ar": said("Nom en arabe", "Naam in het Arabisch", "Name in Arabic", "الاسم بالعربية"),
}
_LIFE = {
    "start": said("Premier jour", "Eerste dag", "First day", "اليوم الأول"),
    "end": said("Dernier jour", "Laatste dag", "Last day", "اليوم الأخير"),
}
_LEVEL = said("Niveau", "Niveau", "Level", "المستوى")
_BODY = said("Instance", "Orgaan", "Body", "الهيئة")
_ORGANISATION = said("Organisation", "Organisatie", "Organisation", "المنظمة")

HEADERS: dict[str, dict[str, Words]] = {
    "levels": {
        "code": _CODE, **_NAMES,
        "rank": said("Place parmi les niveaux", "Plaats onder de niveaus", "Place among the levels",
                      "الرتبة بين المستويات"),
    },
    "kinds": {"code": _CODE, **_NAMES},
    "organisations": {
        "code": _CODE,
        "kind": said("Type d'organisation", "Soort organisatie", "Kind of organisation", "نوع المنظمة"),
        **_NAMES,
        "country": said("Pays", "Land", "Country", "البلد"),
        "region": said("Région", "Gewest", "Region", "الجهة"),
        "province": said("Province", "Provincie", "Province", "الإقليم"),
        "scheme": said("Liste du code", "Lijst van de code", "List of the code", "لائحة الرمز"),
        "ref": said("Code", "Code", "Code", "الرمز"),
        "lat": said("Latitude", "Breedtegraad", "Latitude", "خط العرض"),
        "lon": said("Longitude", "Lengtegraad", "Longitude", "خط الطول"),
        "population": said("Habitants", "Inwoners", "Inhabitants", "السكان"),
        "population_year": said("Année du chiffre", "Jaar van het cijfer", "Year of the figure", "سنة الرقم"),
    },
    "bodies": {
        "code": _CODE, "kind": _LEVEL, **_NAMES, **_LIFE,
        "uncertain": said("À confirmer", "Te bevestigen", "To be confirmed", "في انتظار التأكيد"),
        "note": said("Remarque", "Opmerking", "Remark", "ملاحظة"),
    },
    "groupings": {
        "body": _BODY, "whole": said("Rattachée à", "Hoort bij", "Belongs to", "تنتمي إلى"), **_LIFE,
    },
    "seats": {
        "body": _BODY, "organisation": _ORGANISATION, "side": said("Côté", "Kant", "Side", "الجانب"), **_LIFE,
    },
    "contacts": {
        "body": _BODY, "organisation": _ORGANISATION,
        "office": said("Service responsable", "Verantwoordelijke dienst", "Office in charge", "المصلحة المسؤولة"),
        "mail": said("Adresse électronique", "E-mailadres", "E-mail address", "البريد الإلكتروني"),
        "phone": said("Téléphone", "Telefoon", "Telephone", "الهاتف"),
        "address": said("Adresse postale", "Postadres", "Postal address", "العنوان البريدي"),
        "website": said("Site web", "Website", "Web site", "الموقع الإلكتروني"),
    },
}  # fmt: skip
SHEETS: dict[str, Words] = {
    "levels": said("Niveaux", "Niveaus", "Levels", "المستويات"),
    "kinds": said("Types d'organisations", "Soorten organisaties", "Kinds of organisations", "أنواع المنظمات"),
    "organisations": said("Organisations", "Organisaties", "Organisations", "المنظمات"),
    "bodies": said("Instances", "Organen", "Bodies", "الهيئات"),
    "groupings": said("Rattachements", "Verbanden", "Ties", "الانتماءات"),
    "contacts": said("Contacts", "Contacten", "Contacts", "جهات الاتصال"),
    "seats": said("Sièges", "Zetels", "Seats", "العضويات"),
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
    "north": said("Nord", "Noorden", "North", "الشمال"),
    "south": said("Sud", "Zuiden", "South", "الجنوب"),
    "member": said("membre", "lid", "member", "عضو"),
    "donor": said("bailleur", "donor", "donor", "مانح"),
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
