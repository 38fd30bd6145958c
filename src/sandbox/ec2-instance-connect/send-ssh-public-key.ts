import {
  SendSSHPublicKey$,
  type SendSSHPublicKeyRequest,
  type SendSSHPublicKeyResponse,
} from "@aws-sdk/client-ec2-instance-connect";
import { readPublicKey } from "../ec2/public-key.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";

/** SendSSHPublicKey: the key admits the user for 60 seconds. */
export const sendSshPublicKey: Operation<SendSSHPublicKeyRequest, SendSSHPublicKeyResponse> = {
  schema: SendSSHPublicKey$,
  run(region, input, caller) {
    const { ec2 } = region;
    const instance = ec2.instances.get(input.InstanceId!);
    if (!instance || instance.state === "terminated") {
      throw new ServiceError(
        "EC2InstanceNotFoundException",
        `Instance ${input.InstanceId} was not found.`,
        404,
      );
    }
    const zone = input.AvailabilityZone;
    if (zone !== undefined && zone !== instance.availabilityZone) {
      throw new ServiceError(
        "EC2InstanceNotFoundException",
        `Instance ${input.InstanceId} was not found in ${zone}.`,
        404,
      );
    }
    if (instance.state !== "running") {
      throw new ServiceError(
        "EC2InstanceStateInvalidException",
        `Instance ${instance.instanceId} is ${instance.state}; it must be running.`,
      );
    }
    const key = readPublicKey(input.SSHPublicKey!);
    if (!key) {
      throw new ServiceError("InvalidArgsException", "The SSH public key is not a valid RSA or ED25519 key.");
    }
    ec2.connectKeys.push({
      instanceId: instance.instanceId,
      user: input.InstanceOSUser!,
      publicKey: key.line,
      until: Date.now() + region.timings.instanceConnectKey,
    });
    return { RequestId: caller.requestId, Success: true };
  },
};
