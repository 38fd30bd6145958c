import type { FileSystems, MountTarget } from "../../aws/file-systems.ts";
import type { Instance } from "../../aws/instances.ts";
import type { SecurityGroups } from "../../aws/security-groups.ts";
import { EXIT, UserError } from "../../errors.ts";
import type { Ask, Emit } from "../../events.ts";
import { admitted } from "../../plan/admission.ts";

export interface AdmitNfsOptions {
  readonly fileSystem: string;
  readonly environmentName: string;
  readonly instances: readonly Instance[];
  readonly ask: Ask;
  readonly emit: Emit;
}

/** What looking and opening need of AWS. */
export interface AdmitNfsPorts {
  readonly fileSystems: Pick<FileSystems, "mountTargets" | "groupsOf">;
  readonly securityGroups: Pick<SecurityGroups, "gates" | "admit">;
}

/** NFS. */
const PORT = 2049;

/**
 * Sees that each instance's mount target lets it in, and offers the rule that is missing: instances of an environment that somebody
 * else made are seldom in a group that the file system knows. Throws `nfs-closed` where the person does not agree.
 */
export async function admitNfs(ports: AdmitNfsPorts, options: AdmitNfsOptions): Promise<void> {
  const { fileSystem, instances, ask, emit } = options;
  const targets = await ports.fileSystems.mountTargets(fileSystem);
  const shut = new Map<string, { readonly groupId: string; readonly source: string }>();
  for (const instance of instances) {
    const target = targetOf(instance, targets, fileSystem);
    const groupIds = await ports.fileSystems.groupsOf(target.id);
    const gates = await ports.securityGroups.gates(groupIds);
    const knock = { address: instance.privateIp, groupIds: instance.securityGroupIds };
    const [groupId] = groupIds;
    const [source] = instance.securityGroupIds;
    if (groupId === undefined || source === undefined || admitted(gates, PORT, knock) !== "no") continue;
    shut.set(`${groupId} ${source}`, { groupId, source });
  }
  for (const { groupId, source } of shut.values()) {
    const message = `The file system's security group ${groupId} does not admit the instances' group ${source} on port ${PORT}, so they cannot mount it.`;
    if (!(await agreed(ask, `${message} Add that rule?`))) throw closed(message, groupId, source);
    await ports.securityGroups.admit(groupId, {
      port: PORT,
      source,
      description: `bertops: NFS from ${options.environmentName}`,
    });
    emit({ type: "note", message: `${groupId} admits ${source} on port ${PORT} from now on.` });
  }
}

/** An instance mounts through the target of its own zone; a target of another VPC is out of reach. */
function targetOf(instance: Instance, targets: readonly MountTarget[], fileSystem: string): MountTarget {
  const near = targets.filter(({ vpcId }) => vpcId === instance.vpcId);
  const target = near.find(({ availabilityZone }) => availabilityZone === instance.availabilityZone);
  if (target !== undefined) return target;
  const [group = "sg-ID"] = instance.securityGroupIds;
  throw new UserError({
    reason: "no-mount-target",
    message:
      near.length === 0
        ? `The file system ${fileSystem} has no mount target in ${instance.vpcId}, the VPC of ${instance.id}.`
        : `The file system ${fileSystem} has no mount target in ${instance.availabilityZone}, the zone of ${instance.id}.`,
    hint: "Create one in the instance's subnet; it is ready in about two minutes.",
    next: [
      `aws efs create-mount-target --file-system-id ${fileSystem} --subnet-id ${instance.subnetId} --security-groups ${group}`,
    ],
    exitCode: EXIT.failed,
  });
}

async function agreed(ask: Ask, message: string): Promise<boolean> {
  try {
    return await ask.confirm({ message, flag: "--yes" });
  } catch (error) {
    if (error instanceof UserError && error.reason === "answer-needed") return false;
    throw error;
  }
}

function closed(message: string, groupId: string, source: string): UserError {
  return new UserError({
    reason: "nfs-closed",
    message,
    hint: "--yes adds the rule, which stays; nothing was changed.",
    next: [
      "bertops mount-efs --yes",
      `aws ec2 authorize-security-group-ingress --group-id ${groupId} --protocol tcp --port ${PORT} --source-group ${source}`,
    ],
    exitCode: EXIT.failed,
  });
}
