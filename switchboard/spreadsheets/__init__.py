"""Spreadsheets and text files as rows of cells, read and written."""
