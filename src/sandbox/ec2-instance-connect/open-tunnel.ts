import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, type WebSocketServer } from "ws";
import { endpointState, sweepEndpoints } from "../ec2/describe-connect-endpoint.ts";
import { admits } from "../ec2/admits.ts";
import type { Host } from "../hosts/host.ts";
import type { Region } from "../region.ts";
import { sha256 } from "../wire/canonical-request.ts";
import { readCredential } from "../wire/credential.ts";
import { refuseJson } from "../wire/json/refuse-json.ts";
import { ServiceError } from "../wire/operation.ts";
import { Refusal } from "../wire/refusal.ts";
import { queryValue, readRequest, type WireRequest } from "../wire/request.ts";
import { verifySignature } from "../wire/signature.ts";

/** A request to leave HTTP. */
export interface Upgrade {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const SERVICE = "ec2-instance-connect";
const SSH = 22;
/** The ports that AWS lets through. */
const PORTS = new Set(["22", "3389"]);
const MAX_SECONDS = 3600;
const COULD_NOT_CONNECT = 1011;

/**
 * `GET /openTunnel`, as an Instance Connect endpoint answers it: a presigned request becomes a WebSocket whose binary frames
 * are what an instance's SSH server says and hears.
 */
export function acceptTunnel(region: Region, server: WebSocketServer, upgrade: Upgrade): void {
  const { message, socket, head } = upgrade;
  socket.on("error", () => socket.destroy());
  let request: WireRequest;
  let end: TunnelEnd;
  try {
    request = readRequest(message);
    end = findEnd(region, request);
  } catch (error) {
    refuse(socket, error);
    return;
  }
  server.handleUpgrade(message, socket, head, (tunnel) => {
    tunnel.on("error", () => tunnel.terminate());
    if (!admits(region.ec2, end.host.instanceId, SSH, end.source)) {
      tunnel.close(COULD_NOT_CONNECT, "Unable to connect to target");
      return;
    }
    const limit = setTimeout(() => tunnel.close(1000, "Max tunnel duration reached"), end.seconds * 1000);
    tunnel.on("close", () => clearTimeout(limit));
    const stream = createWebSocketStream(tunnel);
    stream.on("error", () => stream.destroy());
    end.host.connect(stream, end.source);
  });
}

interface TunnelEnd {
  readonly host: Host;
  /** Who the instance sees. */
  readonly source: string;
  readonly seconds: number;
}

function findEnd(region: Region, request: WireRequest): TunnelEnd {
  if (request.path !== "/openTunnel") throw new ServiceError("UnknownOperationException", "", 404);
  verify(region, request);
  const { ec2 } = region;
  sweepEndpoints(ec2);
  const asked = (name: string): string => queryValue(request, name) ?? "";
  const id = asked("instanceConnectEndpointId");
  const endpoint = ec2.connectEndpoints.get(id);
  if (endpoint === undefined || endpointState(endpoint) !== "create-complete")
    throw invalid(`The instance connect endpoint ${id} does not exist or is not available.`);
  if (!PORTS.has(asked("remotePort"))) throw invalid("remotePort must be 22 or 3389.");
  const duration = asked("maxTunnelDuration");
  const seconds = duration === "" ? MAX_SECONDS : Number(duration);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
    throw invalid(`maxTunnelDuration must be a number from 1 to ${MAX_SECONDS}.`);
  const ip = asked("privateIpAddress");
  const instance = [...ec2.instances.values()].find(
    (one) => one.privateIp === ip && one.vpcId === endpoint.vpcId && one.state === "running",
  );
  if (instance?.host === undefined || asked("remotePort") !== String(SSH))
    throw invalid(`Nothing answers at ${ip} in ${endpoint.vpcId}.`);
  const source = endpoint.preserveClientIp ? request.sourceAddress : endpoint.privateIp;
  return { host: instance.host, source, seconds };
}

function verify(region: Region, request: WireRequest): void {
  const credential = readCredential(request);
  if (!credential) throw new Refusal("missing-signature", "");
  if (credential.service !== SERVICE) throw new Refusal("wrong-scope", credential.service);
  verifySignature(request, credential, {
    iam: region.iam,
    regions: [region.name],
    payloadHash: sha256(""),
    encodePath: true,
    now: Date.now(),
  });
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameter", message, 400);
}

function refuse(socket: Duplex, error: unknown): void {
  const fault = error instanceof Refusal ? refuseJson(error, "InvalidParameter") : error;
  const status = fault instanceof ServiceError ? fault.status : 500;
  const code = fault instanceof ServiceError ? fault.code : "InternalFailure";
  const body = JSON.stringify({
    ErrorCode: code,
    Message: fault instanceof Error ? fault.message : String(fault),
  });
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
