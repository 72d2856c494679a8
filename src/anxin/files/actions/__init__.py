"""The only writers of uploads."""

from anxin.files.actions.keep import discard, scan_waiting, store, store_bytes, sweep
from anxin.files.actions.refusals import (
    FileEmpty,
    FileInfected,
    FileTooBig,
    FileUnreadable,
    FileWrongType,
    PdfActive,
    PictureTooLarge,
    ScannerAway,
)
from anxin.files.actions.uploads import (
    ManyUploads,
    UploadUnfinished,
    begin,
    find,
    give_up,
    go_on,
    keep_chosen,
)

__all__ = [
    "FileEmpty",
    "FileInfected",
    "FileTooBig",
    "FileUnreadable",
    "FileWrongType",
    "ManyUploads",
    "PdfActive",
    "PictureTooLarge",
    "ScannerAway",
    "UploadUnfinished",
    "begin",
    "discard",
    "find",
    "give_up",
    "go_on",
    "keep_chosen",
    "scan_waiting",
    "store",
    "store_bytes",
    "sweep",
]
