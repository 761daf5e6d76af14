"""Phone books in DynamoDB."""

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.accounts import PhoneBookItem
from switchboard.aws.models.database import Database, made
from switchboard.calls.phonebook import PhoneBook


class DynamoPhoneBooks:
    """`PhoneBooks`: one item an account."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(PhoneBookItem)

    def get(self, account: str) -> PhoneBook:
        """As it stands, strongly consistent; an empty one where nothing was saved."""
        try:
            return from_text(self._items.get(account, consistent_read=True).book, PhoneBook)
        except self._items.DoesNotExist:
            return PhoneBook(account)

    def save(self, old: PhoneBook, new: PhoneBook) -> bool:
        """Replace it, if it is still the old one."""
        unchanged = self._items.book == to_text(old)
        if old == PhoneBook(old.account):
            unchanged |= self._items.account.does_not_exist()
        item = self._items(new.account, book=to_text(new))
        # A write whose reply was lost is repeated, and fails the second time.
        return made(lambda: item.save(unchanged)) or self.get(new.account) == new
