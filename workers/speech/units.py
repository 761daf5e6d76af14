"""What is counted, in each language: units of money and of time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A noun in the singular and the plural."""

    one: str
    many: str
    feminine: bool = False

    def of(self, number: int, language: str) -> str:
        """The form that stands behind a number. In French, zero is no plural."""
        singular = number == 1 or (number == 0 and language == "fr")
        return self.one if singular else self.many


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one language, and what joins two of them."""

    hour: Unit
    minute: Unit
    second: Unit
    # By the currency (ISO 4217): the unit and its hundredth.
    money: dict[str, tuple[Unit, Unit]]
    time_joint: str
    money_joint: str
    minus: str
    point: str


def _english() -> Units:
    dollar, cent = Unit("dollar", "dollars"), Unit("cent", "cents")
    centavo = Unit("centavo", "centavos")
    return Units(
        hour=Unit("hour", "hours"),
        minute=Unit("minute", "minutes"),
        second=Unit("second", "seconds"),
        money={
            "USD": (dollar, cent),
            "CAD": (dollar, cent),
            "EUR": (Unit("euro", "euros"), cent),
            "GBP": (Unit("pound", "pounds"), Unit("penny", "pence")),
            "BRL": (Unit("real", "reais"), centavo),
            "MXN": (Unit("peso", "pesos"), centavo),
            "CHF": (Unit("franc", "francs"), Unit("centime", "centimes")),
        },
        time_joint="and",
        money_joint="and",
        minus="minus",
        point="point",
    )


def _spanish() -> Units:
    dollar, centavo = Unit("dólar", "dólares"), Unit("centavo", "centavos")
    centimo = Unit("céntimo", "céntimos")
    return Units(
        hour=Unit("hora", "horas", feminine=True),
        minute=Unit("minuto", "minutos"),
        second=Unit("segundo", "segundos"),
        money={
            "USD": (dollar, centavo),
            "CAD": (dollar, centavo),
            "EUR": (Unit("euro", "euros"), centimo),
            "GBP": (Unit("libra", "libras", feminine=True), Unit("penique", "peniques")),
            "BRL": (Unit("real", "reales"), centavo),
            "MXN": (Unit("peso", "pesos"), centavo),
            "CHF": (Unit("franco", "francos"), centimo),
        },
        time_joint="y",
        money_joint="con",
        minus="menos",
        point="punto",
    )


def _french() -> Units:
    # Not “cent”, which is also a hundred.
    centime, centavo = Unit("centime", "centimes"), Unit("centavo", "centavos")
    dollar = Unit("dollar", "dollars")
    return Units(
        hour=Unit("heure", "heures", feminine=True),
        minute=Unit("minute", "minutes", feminine=True),
        second=Unit("seconde", "secondes", feminine=True),
        money={
            "USD": (dollar, centime),
            "CAD": (dollar, centime),
            "EUR": (Unit("euro", "euros"), centime),
            "GBP": (Unit("livre", "livres", feminine=True), Unit("penny", "pence")),
            "BRL": (Unit("réal", "réaux"), centavo),
            "MXN": (Unit("peso", "pesos"), centavo),
            "CHF": (Unit("franc", "francs"), centime),
        },
        time_joint="et",
        money_joint="et",
        minus="moins",
        point="virgule",
    )


def _portuguese() -> Units:
    dollar, centavo = Unit("dólar", "dólares"), Unit("centavo", "centavos")
    return Units(
        hour=Unit("hora", "horas", feminine=True),
        minute=Unit("minuto", "minutos"),
        second=Unit("segundo", "segundos"),
        money={
            "USD": (dollar, centavo),
            "CAD": (dollar, centavo),
            "EUR": (Unit("euro", "euros"), centavo),
            "GBP": (Unit("libra", "libras", feminine=True), Unit("pêni", "pence")),
            "BRL": (Unit("real", "reais"), centavo),
            "MXN": (Unit("peso", "pesos"), centavo),
            "CHF": (Unit("franco", "francos"), centavo),
        },
        time_joint="e",
        money_joint="e",
        minus="menos",
        point="vírgula",
    )


UNITS = {"en": _english(), "es": _spanish(), "fr": _french(), "pt": _portuguese()}
