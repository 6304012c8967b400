"""Fetches a page as gzip and compares it with a file: fetch_packed.py URL FILE."""

import gzip
import sys
import urllib.request

request = urllib.request.Request(sys.argv[1], headers={"Accept-Encoding": "gzip"})
want = open(sys.argv[2], "rb").read()
with urllib.request.urlopen(request) as answer:
    body = answer.read()
    if want and answer.headers["Content-Encoding"] != "gzip":
        sys.exit(f"{sys.argv[1]} is not packed")
if (gzip.decompress(body) if want else body) != want:
    sys.exit(f"{sys.argv[1]} is not {sys.argv[2]}")
