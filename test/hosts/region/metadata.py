"""An instance's metadata service, as far as hosts ask it: version 2's token, the region, and a role where there is one."""
import http.server
import os


class Metadata(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        self.answer(200, "token")

    def do_GET(self):
        path = self.path.removeprefix("/latest/meta-data/")
        if self.headers.get("X-aws-ec2-metadata-token") != "token":
            self.answer(401, "")
        elif path == "placement/region":
            self.answer(200, "eu-west-1")
        elif path == "iam/security-credentials/" and os.path.exists("/etc/instance-profile"):
            self.answer(200, "instance-role")
        else:
            self.answer(404, "")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("169.254.169.254", 80), Metadata).serve_forever()
