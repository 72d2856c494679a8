"""What people send where a photo is asked for: name, bytes, and the type their browser claims."""

from tests.stage import picture

NO_PHOTOS = [
    ("notes.txt", b"just words", "text/plain"),
    ("photo.jpg", b"MZ this is a program that calls itself a photo", "image/jpeg"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "image/svg+xml"),
    ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png"),
    ("empty.jpg", b"", "image/jpeg"),
    ("huge.jpg", picture("JPEG") + b"\0" * (16 * 1024 * 1024), "image/jpeg"),
]
