"""Why an export is refused. Each refusal says what is wrong in words for whoever delivered the file."""

from cloudops.errors import InvalidError


class ExportRefusedError(InvalidError):
    """This file cannot be ingested."""


class UnknownFormatError(ExportRefusedError):
    """The file is no cost export that we know."""


class DamagedFileError(ExportRefusedError):
    """The file is cut off or damaged."""


class UnsupportedArchiveError(ExportRefusedError):
    """The file is packed in a way that is not read."""


class NoRowsError(ExportRefusedError):
    """The file has no rows."""


class MissingColumnsError(ExportRefusedError):
    """The export lacks columns."""


class RaggedRowError(ExportRefusedError):
    """A row of the file does not have the columns of its header."""


class UndecodableTextError(ExportRefusedError):
    """The file holds text that is not UTF-8."""


class InvalidCellError(ExportRefusedError):
    """A cell of the file does not hold what its column asks for."""


class TooLargeError(ExportRefusedError):
    """The file is larger than what is read at once."""


class InvalidManifestError(InvalidError):
    """The manifest cannot be read."""
