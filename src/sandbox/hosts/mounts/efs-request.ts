import type { HostGates } from "../host.ts";

/** What somebody asks mount.efs for. */
export interface EfsRequest {
  readonly fileSystemId: string;
  /** The directory on the file system, `/` at least. */
  readonly subdirectory: string;
  readonly dnsName: string;
  readonly tls: boolean;
  readonly iam: boolean;
  readonly accessPointId?: string;
  readonly mountTargetIp?: string;
  readonly options: readonly string[];
}

const ID = /^fs-[0-9a-f]+$/u;
const DNS_NAME = /^(?:[a-z0-9-]+\.)?(fs-[0-9a-f]+)\.efs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/u;

/** The file system that an EFS host name belongs to. */
export function fileSystemOfName(name: string): string | undefined {
  return DNS_NAME.exec(name)?.[1];
}

/** Reads `fs-…[:/dir]` or a DNS name and the options; a string says what is wrong with them. */
export function parseEfsRequest(
  source: string,
  options: readonly string[],
  gates: Pick<HostGates, "regionName">,
): EfsRequest | string {
  const colon = source.indexOf(":");
  const name = colon < 0 ? source : source.slice(0, colon);
  const fileSystemId = ID.test(name) ? name : fileSystemOfName(name);
  if (fileSystemId === undefined) {
    return `Invalid file system name: ${name}, please use either a file system ID, a file system DNS name or a CNAME.`;
  }
  const path = colon < 0 ? "/" : source.slice(colon + 1) || "/";
  const accessPointId = valueOf(options, "accesspoint");
  const mountTargetIp = valueOf(options, "mounttargetip");
  const tls = options.includes("tls");
  const iam = options.includes("iam");
  if (iam && !tls) return `The "tls" option is required when mounting with IAM authentication`;
  if (accessPointId !== undefined && !tls)
    return `The "tls" option is required when mounting via "accesspoint"`;
  if (accessPointId !== undefined && path !== "/") {
    return `Cannot mount a path with an access point. A path of "/" is required, not "${path}"`;
  }
  const region = valueOf(options, "region") ?? gates.regionName;
  return {
    fileSystemId,
    subdirectory: path.startsWith("/") ? path : `/${path}`,
    dnsName: `${fileSystemId}.efs.${region}.amazonaws.com`,
    tls,
    iam,
    options,
    ...(accessPointId === undefined ? {} : { accessPointId }),
    ...(mountTargetIp === undefined ? {} : { mountTargetIp }),
  };
}

function valueOf(options: readonly string[], name: string): string | undefined {
  return options.findLast((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
}
