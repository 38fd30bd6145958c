import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { forward } from "./forward.ts";
import { answerFor } from "./gateway-answer.ts";
import { chooseTarget, type ProxyTarget } from "./proxy-target.ts";
import { exceeds } from "./request-body.ts";
import { RequestLog } from "./request-log.ts";

/** Whom a proxy sends requests to. */
export interface ProxyFront {
  targets(): readonly ProxyTarget[];
  /** Is a load balancer emulated before the instances' nginx? */
  balanced(): boolean;
}

const NOBODY: ProxyFront = { targets: () => [], balanced: () => true };

/** The address of one environment: load balancer and nginx in one listener on 127.0.0.1. */
export class EnvironmentProxy {
  readonly port: number;
  readonly log = new RequestLog();
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #inFlight = new Map<string, number>();
  readonly #idle = new Set<() => void>();
  #front: ProxyFront = NOBODY;
  #turn = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("request", (request, response) => {
      void this.#answer(request, response);
    });
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      const target = chooseTarget(this.#front.targets(), this.#turn);
      if (target === undefined || !exceeds(request, target.rules.maxBody)) {
        response.writeContinue();
      }
      void this.#answer(request, response);
    });
  }

  /** Listens on a free port; refuses everything until it is told whom to serve. */
  static open(): Promise<EnvironmentProxy> {
    const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(
          new EnvironmentProxy(server, typeof address === "object" && address !== null ? address.port : 0),
        );
      });
    });
  }

  /** Says whom requests go to from now on. */
  serve(front: ProxyFront): void {
    this.#front = front;
  }

  /** Waits until an instance answers no request any more, at most so long (milliseconds). */
  async drained(instanceId: string, patience: number): Promise<void> {
    const deadline = Date.now() + patience;
    while ((this.#inFlight.get(instanceId) ?? 0) > 0 && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        const idle = (): void => {
          clearTimeout(timer);
          this.#idle.delete(idle);
          resolve();
        };
        this.#idle.add(idle);
      });
    }
  }

  /** Ends the listener and every connection. */
  close(): Promise<void> {
    this.#agent.destroy();
    for (const idle of this.#idle) {
      idle();
    }
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const target = chooseTarget(this.#front.targets(), this.#turn);
    this.#turn += 1;
    if (target === undefined) {
      answerFor("awselb/2.0", 503, response);
      return;
    }
    const { instanceId } = target;
    this.#inFlight.set(instanceId, (this.#inFlight.get(instanceId) ?? 0) + 1);
    try {
      const options = { agent: this.#agent, balanced: this.#front.balanced() };
      await forward(request, response, { target, options });
    } finally {
      this.#inFlight.set(instanceId, (this.#inFlight.get(instanceId) ?? 1) - 1);
      this.log.add(response.statusCode, (performance.now() - started) / 1000);
      for (const idle of this.#idle) {
        idle();
      }
    }
  }
}
