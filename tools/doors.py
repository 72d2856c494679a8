"""Import Linter contract: an area may enter another area only by its doors."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Doors(Contract):
    """Refuse every import between two areas that does not go to one of the target's doors.

    root:  the package whose children are the areas.
    open:  areas that anyone may import anywhere (the kit), and those that may import anything (the composition root).
    doors: module names inside an area that others may import.
    pure:  module names inside an area that may use the pure doors of others only.
    pure_doors: the doors that carry plain Python.
    """

    root = fields.StringField()
    open = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())
    pure = fields.ListField(subfield=fields.StringField())
    pure_doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        closed = {area for area in graph.find_children(self.root) if area not in self.open}
        broken = []
        for target in sorted(closed):
            for module in {target, *graph.find_descendants(target)}:
                door = module.removeprefix(f"{target}.")
                for importer in graph.find_modules_that_directly_import(module):
                    home, room = self._place(importer)
                    allowed = self.pure_doors if room in self.pure else self.doors
                    if home != target and home in closed and door not in allowed:
                        broken.append((importer, module))
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def _place(self, module: str) -> tuple[str, str]:
        """Split a module's name into its area and the room inside it ('' for the area itself)."""
        depth = self.root.count(".") + 2
        parts = module.split(".")
        return ".".join(parts[:depth]), parts[depth] if len(parts) > depth else ""

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} imports {module}; go through one of its doors instead")
