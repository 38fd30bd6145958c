import { knownHostsFile, type SandboxRecord } from "./record.ts";

/** Variables of the user's own that would be mixed in: they are unset, since tools read an empty profile as a name. */
export const FOREIGN_VARIABLES = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"] as const;

/** The environment variables that point bertops and any AWS client at a sandbox. */
export function sandboxEnvironment(record: SandboxRecord): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: record.endpoint,
    AWS_ACCESS_KEY_ID: record.accessKeyId,
    AWS_SECRET_ACCESS_KEY: record.secretAccessKey,
    AWS_REGION: record.region,
    AWS_DEFAULT_REGION: record.region,
    BERTOPS_SSH_PORT: String(record.sshPort),
    ...(record.jump === undefined
      ? {}
      : { BERTOPS_SSH_JUMP: `sandbox@${record.jump.address}:${record.jump.port}` }),
    BERTOPS_CHECKIP_URL: `${record.endpoint}/checkip`,
    BERTOPS_KNOWN_HOSTS: knownHostsFile(record),
  };
}
