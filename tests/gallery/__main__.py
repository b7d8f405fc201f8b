"""Render every surface of the app into pictures; `packaging/dev.py gallery --help` lists the options."""

import sys

if len(sys.argv) > 1 and sys.argv[1] == "--practice-service":
    from tests.gallery.session import serve_practice

    sys.exit(serve_practice())
if len(sys.argv) > 2 and sys.argv[1] == "--shoot":
    from tests.gallery.shots import Order, shoot

    sys.exit(min(shoot(Order.of(sys.argv[2])), 100))
if __name__ == "__main__":
    from tests.gallery.main import main

    sys.exit(main(sys.argv[1:]))
