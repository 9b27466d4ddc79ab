"""From a billing export file to normalised charges: recognise it, list its bills, query its charges.

The only part of the application that knows DuckDB.
"""
