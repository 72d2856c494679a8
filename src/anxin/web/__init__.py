"""Base templates, components, navigation, and the pages that show several areas."""
