import { errorMessage } from "../../aws/errors.ts";
import { UserError } from "../../errors.ts";
import type { Removal } from "../../plan/teardown.ts";
import type { World } from "../../world.ts";
import { type Pace, until } from "../pace.ts";
import { follow } from "../provision/follow.ts";
import type { DestroyPorts } from "./ports.ts";

/** Where the removals of one `destroy` happen. */
export interface Site {
  readonly application: string;
  readonly bucket: string | undefined;
  readonly ports: DestroyPorts;
  readonly world: Pick<World, "emit" | "signal" | "now">;
  readonly pace: Pace;
}

/** Removes one thing and waits until it is gone, or until AWS no longer counts it as in use. */
export async function remove({ target }: Removal, site: Site): Promise<void> {
  const { ports } = site;
  switch (target.type) {
    case "environment":
      return terminate(target.environment, site);
    case "version": {
      const { label } = target.version;
      await patiently(`the version ${label} is deleted`, site, async () => {
        const state = await ports.applications.deleteVersion(site.application, label, true);
        return state === "deleted";
      });
      return;
    }
    case "objects":
      for (const key of target.keys) await ports.storage.delete(site.bucket ?? "", key);
      return;
    case "application":
      await ports.applications.delete(site.application);
      return;
    case "mount-targets": {
      const ids = new Set(target.targets.map(({ id }) => id));
      for (const id of ids) await ports.fileSystems.deleteMountTarget(id);
      const fileSystemId = target.targets[0]?.fileSystemId ?? "";
      await patiently("the mount targets are deleted", site, async () => {
        const left = await ports.fileSystems.mountTargets(fileSystemId);
        return !left.some(({ id }) => ids.has(id));
      });
      return;
    }
    case "file-system": {
      const { id } = target.fileSystem;
      await patiently(`the file system ${id} is deleted`, site, async () => {
        if ((await ports.fileSystems.delete(id)) === "in-use") return false;
        const found = await ports.fileSystems.byId(id);
        return found === undefined || found.state === "deleted";
      });
      return;
    }
    case "group":
      return removeGroup(target.group.id, target.group.name, site);
    case "profile":
      await ports.roles.deleteProfile(target.name);
      return;
    case "role":
      await ports.roles.deleteRole(target.name);
  }
}

async function terminate(
  environment: { readonly id: string; readonly name: string; readonly status: string },
  site: Site,
): Promise<void> {
  const { ports, world, pace } = site;
  const since = world.now();
  let started = { environmentId: environment.id, requestId: undefined as string | undefined };
  if (environment.status !== "Terminating")
    started = await until(
      `${environment.name} can be terminated`,
      async () => {
        try {
          return { ...(await ports.environments.terminate(environment.name)), environmentId: environment.id };
        } catch (error) {
          const message = errorMessage(error);
          // A launch or an update has to come to its end first.
          if (/must be ready|invalid state for this operation/iu.test(message)) return undefined;
          if (/no environment found/iu.test(message)) return started;
          throw error;
        }
      },
      { every: pace.poll, limit: pace.patience, signal: world.signal },
    );
  const { environment: after, events } = await follow({ ...started, since }, ports, world, pace);
  if (after.status === "Terminated") return;
  const said = events.filter(({ severity }) => severity === "ERROR").at(-1)?.message;
  throw new UserError({
    reason: "not-terminated",
    message: `Elastic Beanstalk did not terminate ${environment.name} (${after.status})${said === undefined ? "." : `: ${said}`}`,
    hint: "What its events name has to go first; then run the same command again.",
    next: ["bertops events", "bertops destroy"],
  });
}

/** Interfaces of what was just deleted hold on to a group for a while, and so do rules that name it. */
async function removeGroup(id: string, name: string, site: Site): Promise<void> {
  const { securityGroups } = site.ports;
  for (const other of await securityGroups.referringTo(id))
    for (const rule of other.rules) if (rule.source === id) await securityGroups.revoke(other.id, rule);
  await patiently(
    `the security group ${name} is no longer in use`,
    site,
    async () => (await securityGroups.delete(id)) === "deleted",
  );
}

async function patiently(what: string, site: Site, gone: () => Promise<boolean>): Promise<void> {
  await until(what, async () => ((await gone()) ? true : undefined), {
    every: site.pace.glance,
    limit: site.pace.patience,
    signal: site.world.signal,
  });
}
