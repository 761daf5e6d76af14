"""A plan to test with: 10.00 a month for 100 minutes to the United Kingdom."""

from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.desk.catalogue import save_group, save_plan
from switchboard.ports import Ports

UK = Group("uk", ("44",))
TALK = Allowance("talk", "uk", 6_000)


def offer_plan(ports: Ports, name: str = "world", *allowances: Allowance, **fee) -> Plan:
    if UK not in ports.catalogue.groups():
        save_group(ports, UK, new=True)
    plan = Plan(name, allowances=allowances or (TALK,))
    item = Item(**{"name": name, "currency": "EUR", "price_micros": 10_000_000, **fee})
    return save_plan(ports, plan, item, new=True)
