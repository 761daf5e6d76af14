"""What operators do: each use case says which right it needs, and logs what it changed.

The first arguments are the ports and `by`, who does it. A use case is made of one of the desk's:

    @needs(Area.MONEY, Action.CHANGE)
    def top_up(ports: Ports, by: Operator, account: str, amount: Money) -> Account:
        old = own_account(ports, by, account)
        new = accounts.top_up(ports, account, amount, reference=…)
        log(ports, by, "top up", f"account {account}", changes_between(old, new))
        return new

It stands in the log from its beginning, which `log` completes (rights.py); one that only looks up
what can be changed says `writes=False`, and one that changes something and needs no right is
`noted`. tests/unit/test_office_rights.py asks every public function of this package with every
role; one without `needs` fails there.
"""
