"""The columns of a rate file, and the names that other people's files have for them."""

from switchboard.tables.vocabulary import Vocabulary

# Design §8: in exports, and understood by imports as they are.
CANONICAL = (
    "prefix",
    "destination",
    "rate",
    "connection_fee",
    "initial",
    "increment",
    "free_seconds",
    "grace_period",
    "minimum_charge",
    "maximum_charge",
    "rate_multiplier",
    "rate_addition",
    "surcharge_after",
    "surcharge",
    "disconnect_fee",
    "post_call_surcharge_percent",
    "blocked",
    "effective_from",
    "effective_until",
    "days",
    "hours",
    "weight",
    "step_from",
)
# In imports only: a country code that stands before each code, and both blocks of time in one
# cell, as 30/6, or as one number for both.
COUNTRY_CODE, BILLING = "country_code", "billing"
FIELDS = (*CANONICAL, COUNTRY_CODE, BILLING)
REQUIRED = ("prefix", "rate")

# The better name first: where a file has two columns for a destination, the first one counts.
_ALIASES: dict[str, str] = {
    "prefix": """
        prefixes|code|codes|dial code|dial codes|dialcode|dialing code|dialling code|dial prefix
        |destination code|dest code|dst code|destination prefix|number prefix|prefix code|breakout
        code|area code|area codes|city code|city codes|national code|ndc|dial pattern|pattern
        |dialed digits|dialled digits|digits|e164|e 164|vorwahl|prefijo|indicatif""",
    COUNTRY_CODE: "countrycode|cc|country dial code|country prefix|international code",
    "destination": """
        destination name|dest name|dest|target pattern name|code name|prefix name|area name|breakout
        |description|name|location|route|zone|region|network|operator|country name|country
        |ziel|destino""",
    "rate": """
        rates|price|cost|rate min|rate minute|rate per min|rate per minute|price min|price minute
        |price per min|price per minute|cost min|cost minute|cost per min|cost per minute|min rate
        |minute rate|minute price|per minute|per minute charge|per minute rate|per minute cost
        |charge per minute|ppm|sell rate|selling rate|selling price|buy rate|call rate|voice rate
        |new rate|new price|current rate|tariff|rate 1 min|min|preis|tarif|precio|prix""",
    "connection_fee": """
        connect fee|connection|connect|connection cost|connection charge|connect charge|connect cost
        |connectcharge
        |setup fee|set up fee|setup charge|call setup|call setup fee|flag fall|flagfall""",
    "initial": """
        initial increment|initial block|initial interval|initial billing|initial period|initial
        billing interval|first increment|first interval|first period|first block|init|init
        increment|initblock|interval 1|minimum duration|min duration|minimum time|min time""",
    "increment": """
        additional increment|subsequent increment|next increment|next interval|second increment
        |sub increment|subsequent|subsequent interval|subsequent billing interval|recurring
        increment|interval n|interval 2|billing block|billingblock""",
    BILLING: """
        billing increment|billing increments|increments|billing interval|billing intervals|billing
        terms|billing step|charge period|charge interval|charge increment|pulse|rounding
        |interval|intervals""",
    "free_seconds": "free|free time|included seconds",
    "grace_period": "grace|grace time|grace seconds",
    "minimum_charge": "min charge|minimum cost|min cost|minimum price",
    "maximum_charge": "max charge|maximum cost|max cost|maximum price",
    "rate_multiplier": "multiplier",
    "rate_addition": "addition",
    "surcharge_after": "surcharge after seconds",
    "surcharge": "additional charge",
    "disconnect_fee": "disconnect charge|disconnection fee|disconnectcharge",
    "post_call_surcharge_percent": "post call surcharge|post call percent|surcharge percent",
    "blocked": "block|forbidden|barred|disabled",
    "effective_from": """
        effective date|effective|effective since|effective start|valid from|from date|date from
        |start date|startdate|activation date|active from|begin date|gültig ab|gueltig ab""",
    "effective_until": """
        effective to|effective end|effective till|valid until|valid to|valid till|to date|date to
        |end date|enddate|stop date|stopdate|expiry date|expiration date|expires|active until""",
    "days": "weekdays|day|day of week|days of week",
    "hours": "time of day|time band|period hours",
    "weight": "period weight",
    "step_from": "step|step start|step from seconds",
}

RATES = Vocabulary(
    fields=FIELDS,
    required=REQUIRED,
    aliases=_ALIASES,
    dear=frozenset(REQUIRED),
    vague=frozenset({BILLING}),
    instead={"prefix": COUNTRY_CODE},
)
