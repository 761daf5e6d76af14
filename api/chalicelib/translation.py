"""Texts of ours that are translated where they are shown."""


def mark(text: str) -> str:
    """The text itself, which is found here for the catalogues, and translated where it is shown."""
    return text
