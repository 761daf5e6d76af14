"""Rate sheets, and templates of decks, in memory."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from switchboard.errors import Conflict, NotFound
from switchboard.ports import Page
from switchboard.rating.deck.reading import Template
from switchboard.rating.drafts import Draft
from switchboard.rating.sheet import RateSheet


@dataclass
class MemorySheets:
    stored: dict[str, dict[str, RateSheet]] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, sheet: RateSheet, *, after: str | None = None) -> None:
        with self.lock:
            if after is not None and self.published.get(sheet.name) != after:
                raise Conflict(f"sheet {sheet.name} was published by somebody else in between")
            self.stored.setdefault(sheet.name, {})[sheet.version] = sheet
            self.published[sheet.name] = sheet.version

    def version(self, name: str, version: str) -> RateSheet:
        if version not in self.stored.get(name, {}):
            raise NotFound(f"there is no version {version} of sheet {name}")
        return self.stored[name][version]

    def current(self, name: str, *, fresh: bool = False) -> RateSheet:
        if name not in self.published:
            raise NotFound(f"there is no rate sheet {name}")
        return self.stored[name][self.published[name]]

    def versions(self, name: str) -> Sequence[str]:
        return sorted(self.stored.get(name, {}))

    def newest(self, name: str, *, limit: int, cursor: str | None) -> Page[RateSheet]:
        kept = self.stored.get(name, {})
        versions = [one for one in sorted(kept, reverse=True) if cursor is None or one < cursor]
        more = len(versions) > limit
        part = [kept[one] for one in versions[:limit]]
        return Page(part, part[-1].version if more else None)

    def names(self) -> Sequence[str]:
        return sorted(self.published)

    def all(self) -> Sequence[RateSheet]:
        return [self.current(name) for name in self.names()]

    def draft(self, name: str) -> Draft | None:
        return self.drafts.get(name)

    def replace_draft(self, name: str, old: Draft | None, new: Draft | None) -> bool:
        with self.lock:
            known = self.drafts.get(name)
            if known != old and not (known is None and new is None):
                return False
            self.drafts.pop(name, None)
            if new is not None:
                self.drafts[name] = new
            return True


@dataclass
class MemoryTemplates:
    templates: dict[str, Template] = field(default_factory=dict)

    def save(self, template: Template) -> None:
        self.templates[template.name] = template

    def get(self, name: str) -> Template:
        if name not in self.templates:
            raise NotFound(f"there is no template {name}")
        return self.templates[name]

    def all(self) -> Sequence[Template]:
        return [self.templates[name] for name in sorted(self.templates)]
