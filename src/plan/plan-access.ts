import type { InstanceProfile, Role } from "../aws/roles.ts";
import type { Rule, SecurityGroup } from "../aws/security-groups.ts";
import type { Observed } from "./observed.ts";
import type { AccessChange, GroupChange, Step } from "./step.ts";
import {
  type GroupPart,
  type GroupWanted,
  OWN_POLICIES,
  type RoleWanted,
  type RuleWanted,
  SSH_RULE,
  type Wanted,
} from "./wanted.ts";

/** Steps for the roles that Elastic Beanstalk and the instances run with. */
export function planRoles(wanted: Wanted, observed: Observed): readonly Step<AccessChange>[] {
  const { service, instance } = wanted.roles;
  return [
    ...planRole(service, observed.serviceRole),
    ...planRole(instance, observed.instanceRole),
    ...planProfile(instance, observed.instanceProfile),
  ];
}

function planRole(wanted: RoleWanted, found: Role | undefined): readonly Step<AccessChange>[] {
  const names = (policies: readonly string[]): string =>
    policies.map((policy) => policy.split("/").at(-1)).join(", ");
  if (found === undefined)
    return [
      {
        resource: "role",
        name: wanted.name,
        action: "create",
        detail: `for ${wanted.principal}, with ${[names(wanted.policies), ...Object.keys(wanted.inline)].join(", ")}`,
        change: { type: "create-role", role: wanted },
      },
    ];
  const update = { resource: "role", name: wanted.name, action: "update" } as const;
  const missing = wanted.policies.filter((policy) => !found.policies.includes(policy));
  const differing = Object.keys(wanted.inline).filter((name) => found.inline[name] !== wanted.inline[name]);
  // Of a role that its owner may have given more, only what bertops wrote itself is taken back.
  const stale = OWN_POLICIES.filter((name) => name in found.inline && !(name in wanted.inline));
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            ...update,
            detail: `attach ${names(missing)}`,
            change: { type: "attach-policies", role: wanted, policies: missing } as const,
          },
        ]),
    ...(differing.length === 0
      ? []
      : [
          {
            ...update,
            detail: `write ${differing.join(", ")}`,
            change: { type: "put-policies", role: wanted, names: differing } as const,
          },
        ]),
    ...(stale.length === 0
      ? []
      : [
          {
            ...update,
            detail: `remove ${stale.join(", ")}`,
            change: { type: "delete-policies", role: wanted, names: stale } as const,
          },
        ]),
  ];
}

function planProfile(role: RoleWanted, found: InstanceProfile | undefined): readonly Step<AccessChange>[] {
  if (found?.roles.includes(role.name) === true) return [];
  return [
    {
      resource: "instance profile",
      name: role.name,
      action: found === undefined ? "create" : "update",
      detail: `with the role ${role.name}`,
      change: { type: "create-profile", name: role.name, exists: found !== undefined },
    },
  ];
}

/** Steps for the security groups and their rules. */
export function planGroups(wanted: Wanted, observed: Observed): readonly Step<GroupChange>[] {
  return wanted.groups.flatMap((group): readonly Step<GroupChange>[] => {
    const found = observed.groups.get(group.part);
    if (found === undefined)
      return [
        {
          resource: "security group",
          name: group.name,
          action: "create",
          detail: group.rules.map((rule) => ruleText(rule, wanted)).join("; ") || "admits nobody",
          change: { type: "create-group", group },
        },
      ];
    const { admit, revoke } = ruleChanges(
      group,
      found,
      observed.groups,
      wanted.config.ssh.admit === "caller",
    );
    if (admit.length === 0 && revoke.length === 0) return [];
    return [
      {
        resource: "security group",
        name: group.name,
        action: "update",
        detail: [
          ...admit.map((rule) => `admit ${ruleText(rule, wanted)}`),
          ...revoke.map(({ port, source }) => `close ${port} for ${source}`),
        ].join("; "),
        change: { type: "change-rules", group, admit, revoke },
      },
    ];
  });
}

/** Rules that are missing, and rules of bertops that are no longer wanted. Rules that others wrote stay. */
function ruleChanges(
  wanted: GroupWanted,
  found: SecurityGroup,
  groups: ReadonlyMap<GroupPart, SecurityGroup>,
  byPerson: boolean,
): { readonly admit: readonly RuleWanted[]; readonly revoke: readonly Rule[] } {
  const sourceOf = (rule: RuleWanted): string | undefined =>
    "network" in rule.source ? rule.source.network : groups.get(rule.source.group)?.id;
  const isWanted = (rule: Rule): boolean =>
    wanted.rules.some((other) => other.port === rule.port && sourceOf(other) === rule.source);
  const admit = wanted.rules.filter(
    (rule) => !found.rules.some((other) => other.port === rule.port && other.source === sourceOf(rule)),
  );
  // Where every caller has a rule of their own, only the one with the same description goes: a colleague's stays.
  const revoke = found.rules.filter((rule) => {
    if (isWanted(rule) || !rule.description.startsWith("bertops: ")) return false;
    if (!rule.description.startsWith(SSH_RULE) || !byPerson) return true;
    return wanted.rules.some(({ description }) => description === rule.description);
  });
  return { admit, revoke };
}

function ruleText(rule: RuleWanted, wanted: Wanted): string {
  const { source } = rule;
  if ("network" in source) return `${rule.port} from ${source.network}`;
  return `${rule.port} from ${wanted.groups.find(({ part }) => part === source.group)?.name ?? source.group}`;
}
