"""Serves one file, packed as the header X-Encoding says: packing_server.py PORT FILE."""

import http.server
import sys
import zlib

DATA = open(sys.argv[2], "rb").read()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        encoding = self.headers["X-Encoding"]
        packer = zlib.compressobj(6, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
        body = packer.compress(DATA) + packer.flush()
        self.send_response(200)
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
