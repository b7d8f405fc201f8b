"""Imported once in the process that all children are forked from, so that each of them starts at once."""

import os

import faulty_child  # noqa: F401  # what a child does
import httpcore  # noqa: F401  # httpx imports it with its first client
from PIL import Image

from segmind_studio.api import transport

Image.preinit()  # otherwise imported with the first image
transport._certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
