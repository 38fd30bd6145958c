import type { ServerResponse } from "node:http";

const PHRASES: Readonly<Record<number, string>> = {
  400: "400 Bad Request",
  413: "413 Request Entity Too Large",
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
};

/** Who answers in the application's place. */
export type Gateway = "nginx" | "awselb/2.0";

/** Answers for the application with the page that nginx or the load balancer would show. */
export function answerFor(gateway: Gateway, status: number, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const phrase = PHRASES[status] ?? String(status);
  const signature = gateway === "nginx" ? "<hr><center>nginx</center>\r\n" : "";
  const page = `<html>\r\n<head><title>${phrase}</title></head>\r\n<body>\r\n<center><h1>${phrase}</h1></center>\r\n${signature}</body>\r\n</html>\r\n`;
  response.writeHead(status, {
    server: gateway,
    "content-type": "text/html",
    "content-length": Buffer.byteLength(page),
    // What is left of the request's body was not read.
    ...(status === 413 ? { connection: "close" } : {}),
  });
  response.end(page);
}
