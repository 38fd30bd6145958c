import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { ClientGone, DeadlinePassed, Exchange } from "../../templates/similarity/http/exchange.js";

afterEach(() => {
  vi.useRealTimers();
});

function openExchange(headers: Record<string, string> = {}): { exchange: Exchange; hangUp: () => void } {
  const request = { headers, url: "/sim?x=1", method: "POST" } as unknown as IncomingMessage;
  const response = Object.assign(new EventEmitter(), { writableFinished: false });
  const exchange = new Exchange(request, response as unknown as ServerResponse, 1000);
  return { exchange, hangUp: () => void response.emit("close") };
}

test("a request is given up when nothing of it was computed for too long, not because it takes long", () => {
  vi.useFakeTimers();
  const { exchange } = openExchange();
  for (let step = 0; step < 10; step += 1) {
    vi.advanceTimersByTime(900);
    exchange.progress();
  }
  expect(exchange.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1100);
  expect(exchange.signal.reason).toBeInstanceOf(DeadlinePassed);
});

test("a client that hangs up ends its request, and no timer is left", () => {
  vi.useFakeTimers();
  const { exchange, hangUp } = openExchange();
  hangUp();
  expect(exchange.signal.reason).toBeInstanceOf(ClientGone);
  expect(vi.getTimerCount()).toBe(0);
  exchange.progress();
  expect(vi.getTimerCount()).toBe(0);
});

test("a request id is the client's own where it can be written into a log, else a new one", () => {
  expect(openExchange({ "x-request-id": "abc-123/x" }).exchange.id).toBe("abc-123/x");
  for (const bad of ["a b", "a\nb", "é", "x".repeat(129), ""])
    expect(openExchange({ "x-request-id": bad }).exchange.id).toMatch(/^[0-9a-f-]{36}$/u);
});
