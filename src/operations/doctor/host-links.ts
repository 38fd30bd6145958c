import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { MountParameters } from "../../plan/mount-script.ts";
import type { HostAccess } from "../hosts/host-access.ts";
import { storeHost } from "../hosts/store-host.ts";
import { listModels } from "../models/list.ts";
import { mountAll } from "../mount/mount.ts";
import type { Link } from "./chain.ts";

export interface HostLinkOptions {
  readonly hosts: readonly HostAccess[];
  readonly parameters: MountParameters;
  readonly modelsRoot: string;
  readonly model: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The part of the chain that only the hosts themselves can tell of. */
export function hostLinks(options: HostLinkOptions): readonly Link[] {
  return [
    { name: "SSH", look: () => login(options) },
    { name: "mount", look: () => mount(options) },
    { name: "model", look: () => model(options) },
  ];
}

async function login({ hosts, signal }: HostLinkOptions): Promise<string> {
  if (hosts.length === 0)
    throw new UserError({
      reason: "no-instances",
      message: "The environment has no running instance.",
      hint: "Its events say why Auto Scaling started none.",
      next: ["bertops events"],
      exitCode: EXIT.fault,
    });
  for (const host of hosts) (await host.connect(signal)).close();
  return `${hosts.map(({ id }) => id).join(", ")} can be logged in to`;
}

async function mount({ hosts, parameters, signal }: HostLinkOptions): Promise<string> {
  const { instances } = await mountAll(hosts, {
    parameters: { ...parameters, mode: "check" },
    wait: 0,
    emit: () => {},
    signal,
  });
  const fault = instances.find(({ state }) => state === "failed");
  if (fault === undefined) return `${parameters.fileSystem ?? "the file system"} is mounted on all of them`;
  throw new UserError({
    reason: fault.reason ?? "not-mounted",
    message: `${fault.id}: ${fault.message ?? "the file system is not mounted"}`,
    ...(fault.remedy === undefined ? {} : { hint: fault.remedy }),
    // What the table names as next is doctor itself where only it can tell more.
    next: [fault.next === undefined || fault.next === "bertops doctor" ? "bertops mount-efs" : fault.next],
    exitCode: EXIT.fault,
  });
}

async function model({ hosts, modelsRoot, model: name, signal }: HostLinkOptions): Promise<string> {
  const connection = await hosts[0]!.connect(signal);
  try {
    const [listed] = await listModels(storeHost(connection), modelsRoot, name, signal);
    const active = listed?.versions.find((version) => version.active);
    if (active !== undefined) return `${name}, version ${active.id}`;
    throw new UserError({
      reason: "no-model",
      message:
        listed === undefined || listed.versions.length === 0
          ? `The store has no model ${name}.`
          : `No version of ${name} is current.`,
      hint: "Push one, or make a version current.",
      next: ["bertops push-model DIR", "bertops models list"],
      exitCode: EXIT.fault,
    });
  } finally {
    connection.close();
  }
}
