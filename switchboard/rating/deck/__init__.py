"""Rate decks: files of prices as rows of a rate sheet, and back."""
