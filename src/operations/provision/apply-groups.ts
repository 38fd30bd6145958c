import { errorCode } from "../../aws/errors.ts";
import type { Rule } from "../../aws/security-groups.ts";
import type { GroupChange, Step } from "../../plan/step.ts";
import type { RuleWanted } from "../../plan/wanted.ts";
import type { Walk } from "./walk.ts";

/** Makes a security group, or brings its rules to what is wanted. */
export async function applyGroup({ change }: Step<GroupChange>, walk: Walk): Promise<string | undefined> {
  const { securityGroups } = walk.ports;
  const { wanted } = walk.plan;
  const { group } = change;
  if (change.type === "change-rules") {
    const id = walk.made.groups.get(group.part) ?? "";
    // New rules first: whoever comes in by an old one is not cut off in between.
    for (const rule of change.admit) await securityGroups.admit(id, resolved(rule, walk));
    for (const rule of change.revoke) await securityGroups.revoke(id, rule);
    return undefined;
  }
  let id: string;
  try {
    id = await securityGroups.create({
      name: group.name,
      description: group.description,
      vpcId: wanted.ground.vpcId,
      tags: { Name: group.name, ...wanted.tags },
    });
  } catch (error) {
    // Somebody was faster: a second run at the same time, or a call that had arrived although its answer had not.
    if (errorCode(error) !== "InvalidGroup.Duplicate") throw error;
    const [found] = await securityGroups.byNames(wanted.ground.vpcId, [group.name]);
    if (found === undefined) throw error;
    id = found.id;
  }
  walk.made.groups.set(group.part, id);
  for (const rule of group.rules) await securityGroups.admit(id, resolved(rule, walk));
  return id;
}

function resolved(rule: RuleWanted, walk: Walk): Rule {
  const { port, source, description } = rule;
  return {
    port,
    description,
    source: "network" in source ? source.network : (walk.made.groups.get(source.group) ?? ""),
  };
}
