import { admits } from "./ec2/admits.ts";
import { mountAnswer } from "./efs/mount-answer.ts";
import type { HostGates } from "./hosts/host.ts";
import type { Region } from "./region.ts";

/** The user that a key pair's owner logs in as on Amazon Linux. */
const KEY_PAIR_USER = "ec2-user";

/** What instances may do, answered from the region's state. `region` is called late: hosts are opened before it exists. */
export function gates(regionName: string, region: () => Region): HostGates {
  return {
    regionName,
    authorizedKeys(instanceId, user) {
      const { ec2 } = region();
      const now = Date.now();
      ec2.connectKeys = ec2.connectKeys.filter((key) => key.until > now);
      const keys = ec2.connectKeys
        .filter((key) => key.instanceId === instanceId && key.user === user)
        .map((key) => key.publicKey);
      const keyName = ec2.instances.get(instanceId)?.keyName;
      const pair = keyName === undefined ? undefined : ec2.keyPairs.get(keyName);
      if (pair && user === KEY_PAIR_USER) keys.push(pair.publicKey);
      return keys;
    },
    admits: (instanceId, port, sourceAddress) => admits(region().ec2, instanceId, port, sourceAddress),
    mount: (instanceId, request) => mountAnswer(region(), instanceId, request),
  };
}
