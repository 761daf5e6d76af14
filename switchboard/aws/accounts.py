"""Accounts in DynamoDB, and who stands behind a number or a login."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from switchboard.aws.account_lists import AccountLists, profile_values
from switchboard.aws.balances import BALANCE, PROFILE, balance_of, balance_values, entry_values
from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.accounts import AccountItem, EntryItem, IdentityItem
from switchboard.aws.models.database import Database, made, may_be_key
from switchboard.aws.models.sales import SubscriptionItem
from switchboard.aws.new_items import NewItems
from switchboard.aws.service_numbers import ServiceNumbers, service_of
from switchboard.aws.subscriptions import wake_plan
from switchboard.billing.account import Account, Profile
from switchboard.billing.buckets import Bucket
from switchboard.billing.service_number import ServiceNumber
from switchboard.errors import AlreadyExists, Conflict, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Listing, Opening, Page


class DynamoAccounts:
    """`Accounts` over two tables and the journal: an identity belongs to one account, by
    transaction."""

    def __init__(self, database: Database) -> None:
        self._accounts = database.table(AccountItem)
        self._identities = database.table(IdentityItem)
        self._subscriptions = database.table(SubscriptionItem)
        self._journal = database.table(EntryItem)
        self._services = ServiceNumbers(database)
        self._lists = AccountLists(database)
        self._connection = database.connection

    def open(self, *openings: Opening) -> None:
        """Add accounts with their identities and opening entries: one transaction."""

        def write() -> None:
            with NewItems(connection=self._connection) as transaction:
                for opening in openings:
                    self._open(transaction, opening)

        if not made(write):
            raise AlreadyExists(self._what_is_taken(*(opening.profile for opening in openings)))

    def get(self, account: str) -> Account:
        """An account with its balance and its buckets, in one read. NotFound where there is
        none."""
        found = self._accounts.query(account, consistent_read=True) if may_be_key(account) else ()
        items = list(found)
        if not items:
            raise NotFound(f"there is no account {account}")
        return _account(items)

    def change(self, old: Profile, new: Profile) -> None:
        """Replace a profile with its identities, if it is still the old one."""
        before, after = identities_of(old), identities_of(new)

        def write() -> None:
            with NewItems(connection=self._connection) as transaction:
                unchanged = self._accounts.profile == to_text(old)
                item = self._accounts(**profile_values(new))
                transaction.save(item, condition=unchanged)
                self._take(transaction, new.account, sorted(set(after) - set(before)))
                for identity in sorted(set(before) - set(after)):
                    transaction.delete(self._identities(identity))
                wake_plan(transaction, self._subscriptions, old, new)

        if not made(write):
            if self.get(old.account).profile != old:
                raise Conflict("the account is being changed by somebody else")
            raise AlreadyExists(self._what_is_taken(new))

    def all(self) -> Iterator[Account]:
        """Every account: the items of one come side by side in a scan."""
        found = self._accounts.scan(consistent_read=True)
        return (_account(list(items)) for _, items in groupby(found, attrgetter("account")))

    def page(self, listing: Listing, *, limit: int, cursor: str | None) -> Page[Account]:
        """A part of a list of accounts, without their buckets."""
        return self._lists.page(listing, limit=limit, cursor=cursor)

    def look_up(self, sender: PhoneNumber | None, service: PhoneNumber) -> Directory:
        """Who stands behind both numbers, in one read."""
        keys = [f"number#{sender}", f"service#{service}"]
        asked = keys if sender is not None else keys[1:]
        found = {item.identity: item for item in self._identities.batch_get(asked)}
        owner, line = (found.get(key) for key in keys)
        return Directory(
            account=None if owner is None else owner.account,
            service=None if line is None else service_of(line),
        )

    def by_number(self, number: PhoneNumber) -> str | None:
        """The account that a caller ID acts for."""
        return self._owner(f"number#{number}")

    def by_login(self, login: str) -> str | None:
        """The account that signs in with this name."""
        return self._owner(f"login#{login}")

    def by_pin(self, pin_hash: str) -> str | None:
        """The account whose PIN has this keyed hash."""
        return self._owner(f"pin#{pin_hash}")

    def add_service_number(self, service: ServiceNumber) -> None:
        """Add a number that customers ring or text."""
        self._services.add(service)

    def change_service_number(self, old: ServiceNumber, new: ServiceNumber) -> bool:
        """Replace a service number, if it is still `old`."""
        return self._services.change(old, new)

    def remove_service_number(self, number: PhoneNumber) -> bool:
        """Take a service number away; whether there was one."""
        return self._services.remove(number)

    def is_service_number(self, number: PhoneNumber) -> bool:
        """Whether customers ring or text this number, as it was known within half a minute."""
        return self._services.has(number)

    def service_numbers(self) -> Sequence[ServiceNumber]:
        """Every service number."""
        return self._services.all()

    def service_page(
        self, digits: str = "", *, limit: int, cursor: str | None
    ) -> Page[ServiceNumber]:
        """A part of the service numbers that have these digits, in their order."""
        return self._services.page(digits, limit=limit, cursor=cursor)

    def _owner(self, identity: str) -> str | None:
        try:
            owner: str | None = self._identities.get(identity, consistent_read=True).account
        except self._identities.DoesNotExist:
            return None
        return owner

    def _open(self, transaction: NewItems, opening: Opening) -> None:
        profile, account = opening.profile, opening.profile.account
        transaction.put(self._accounts, profile_values(profile), new="account")
        # Where there is no profile there is nothing else of an account.
        transaction.put(self._accounts, balance_values(opening.balance))
        self._take(transaction, account, identities_of(profile))
        wake_plan(transaction, self._subscriptions, None, profile)
        if opening.entry is not None:
            transaction.put(self._journal, entry_values(opening.entry))

    def _take(self, transaction: NewItems, account: str, identities: Iterable[str]) -> None:
        for identity in identities:
            taken = {"identity": identity, "account": account}
            transaction.put(self._identities, taken, new="identity")

    def _what_is_taken(self, *profiles: Profile) -> str:
        for profile in profiles:
            for identity in identities_of(profile):
                if self._owner(identity) not in (None, profile.account):
                    kind, _, name = identity.partition("#")
                    what = "this PIN" if kind == "pin" else f"{kind} {name}"
                    return f"{what} is in use already"
        found = self._accounts.batch_get((profile.account, PROFILE) for profile in profiles)
        names = min((item.account for item in found), default=profiles[0].account)
        return f"there is an account {names} already"


def identities_of(profile: Profile) -> list[str]:
    """What the account is found by, and nobody else."""
    logins = [] if profile.login is None else [f"login#{profile.login}"]
    pins = [] if profile.pin_hash is None else [f"pin#{profile.pin_hash}"]
    return [*(f"number#{number}" for number in profile.numbers), *logins, *pins]


def _account(items: list[Any]) -> Account:
    parts = {item.part: item for item in items}
    buckets = (from_text(item.bucket, Bucket) for item in items if item.bucket is not None)
    profile, balance = parts[PROFILE], parts[BALANCE]
    return Account(from_text(profile.profile, Profile), balance_of(balance), tuple(buckets))
