"""The first document's contract: its records, word by word."""
