"""Words that other areas may use of the trail. Plain."""

CHECK = "audit.check"
EXPORT = "audit.export"
