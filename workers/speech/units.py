"""What is counted, in each language: units of money and of time."""

from dataclasses import dataclass

CURRENCIES = "USD CAD EUR GBP BRL MXN CHF".split()


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


def _units(
    *,
    times: str,
    money: str,
    hundredths: str,
    feminine: str = "",
    time_joint: str,
    money_joint: str,
    minus: str,
    point: str,
) -> Units:
    """The units of a language, from its nouns: those of money in the order of CURRENCIES, each
    with its plural where that is not made with an s."""

    def nouns(text: str) -> list[Unit]:
        pairs = (noun.partition("/") for noun in text.split())
        return [Unit(one, many or f"{one}s", one in feminine.split()) for one, _, many in pairs]

    hour, minute, second = nouns(times)
    return Units(
        hour,
        minute,
        second,
        money=dict(zip(CURRENCIES, zip(nouns(money), nouns(hundredths), strict=True), strict=True)),
        time_joint=time_joint,
        money_joint=money_joint,
        minus=minus,
        point=point,
    )


UNITS = {
    "en": _units(
        times="hour minute second",
        money="dollar dollar euro pound real/reais peso franc",
        hundredths="cent cent cent penny/pence centavo centavo centime",
        time_joint="and",
        money_joint="and",
        minus="minus",
        point="point",
    ),
    "es": _units(
        times="hora minuto segundo",
        money="dólar/dólares dólar/dólares euro libra real/reales peso franco",
        hundredths="centavo centavo céntimo penique centavo centavo céntimo",
        feminine="hora libra",
        time_joint="y",
        money_joint="con",
        minus="menos",
        point="punto",
    ),
    "fr": _units(
        times="heure minute seconde",
        money="dollar dollar euro livre réal/réaux peso franc",
        # Not “cent”, which is also a hundred.
        hundredths="centime centime centime penny/pence centavo centavo centime",
        feminine="heure minute seconde livre",
        time_joint="et",
        money_joint="et",
        minus="moins",
        point="virgule",
    ),
    "pt": _units(
        times="hora minuto segundo",
        money="dólar/dólares dólar/dólares euro libra real/reais peso franco",
        hundredths="centavo centavo centavo pêni/pence centavo centavo centavo",
        feminine="hora libra",
        time_joint="e",
        money_joint="e",
        minus="menos",
        point="vírgula",
    ),
}
