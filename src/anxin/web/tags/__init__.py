"""The template tags and filters, by what they are for; templatetags/anxin.py gathers them in one library."""
