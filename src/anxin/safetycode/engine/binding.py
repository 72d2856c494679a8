"""Several PDFs as one, page after page."""

from __future__ import annotations

import io
from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter

KIDS, COUNT, PARENT = (generic.pdf_name(name) for name in ("/Kids", "/Count", "/Parent"))


def bound(papers: Iterable[bytes], *, title: str, language: str) -> bytes:
    """One PDF of all their pages, in order. Compressed streams are taken over as they are; only one of the papers is
    held beside what is made of them. Structure trees stay behind: they number the contents of one paper alone."""
    writer = PdfFileWriter(stream_xrefs=True)
    top = writer.root.raw_get("/Pages")
    pages = writer.root["/Pages"]
    kids, count = generic.ArrayObject(), 0
    for paper in papers:
        # With its own tree of pages in one piece, so that what its pages share is taken over once.
        tree = writer.import_object(PdfFileReader(io.BytesIO(paper)).root.raw_get("/Pages"))
        branch = tree.get_object()
        branch[PARENT] = top
        for page in branch["/Kids"]:
            for name in ("/StructParents", "/Tabs"):
                page.get_object().pop(generic.pdf_name(name), None)
        kids.append(tree)
        count += int(branch["/Count"])
    pages[KIDS], pages[COUNT] = kids, generic.NumberObject(count)
    writer.root[generic.pdf_name("/Lang")] = generic.pdf_string(language)
    writer.set_info(generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string(title)}))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
