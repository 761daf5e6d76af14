"""Templates of rate decks in DynamoDB."""

from collections.abc import Sequence

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database
from switchboard.aws.models.sales import TemplateItem
from switchboard.errors import NotFound
from switchboard.rating.deck.reading import Template


class DynamoTemplates:
    """`Templates` over one small table."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(TemplateItem)

    def save(self, template: Template) -> None:
        """Keep a template, in the place of one of the same name."""
        self._items(template.name, template=to_text(template)).save()

    def get(self, name: str) -> Template:
        """The template of this name. NotFound where there is none."""
        try:
            item = self._items.get(name, consistent_read=True)
        except self._items.DoesNotExist:
            raise NotFound(f"there is no template {name}") from None
        return from_text(item.template, Template)

    def all(self) -> Sequence[Template]:
        """Every template, by name."""
        found = self._items.scan(consistent_read=True)
        return sorted(
            (from_text(item.template, Template) for item in found),
            key=lambda template: template.name,
        )
