import type { AccessChange, Step } from "../../plan/step.ts";
import { ROLE_PATH } from "../../plan/names.ts";
import type { RoleWanted } from "../../plan/wanted.ts";
import type { Walk } from "./walk.ts";

/** Makes roles and the instance profile. */
export async function applyAccess({ change }: Step<AccessChange>, walk: Walk): Promise<string | undefined> {
  const { roles } = walk.ports;
  const { wanted } = walk.plan;
  switch (change.type) {
    case "create-role": {
      const { role } = change;
      await roles.createRole({
        name: role.name,
        path: ROLE_PATH,
        description: role.description,
        trust: trustOf(role, wanted.ground.identity.partition),
        tags: wanted.tags,
      });
      for (const policy of role.policies) await roles.attach(role.name, policy);
      for (const [name, document] of Object.entries(role.inline))
        await roles.putPolicy(role.name, name, document);
      return undefined;
    }
    case "attach-policies":
      for (const policy of change.policies) await roles.attach(change.role.name, policy);
      return undefined;
    case "put-policies":
      for (const name of change.names)
        await roles.putPolicy(change.role.name, name, change.role.inline[name] ?? "");
      return undefined;
    case "delete-policies":
      for (const name of change.names) await roles.deletePolicy(change.role.name, name);
      return undefined;
    case "create-profile":
      if (!change.exists)
        await roles.createProfile({ name: change.name, path: ROLE_PATH, tags: wanted.tags });
      await roles.addToProfile(change.name, wanted.roles.instance.name);
      return undefined;
  }
}

/** Who may take the role on: Elastic Beanstalk, with the id that it sends, or EC2. */
function trustOf(role: RoleWanted, partition: string): string {
  const suffix = partition === "aws-cn" ? ".com.cn" : ".com";
  // Only EC2's principal has another name in China.
  const principal = role.principal === "ec2" ? `ec2.amazonaws${suffix}` : "elasticbeanstalk.amazonaws.com";
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: principal },
        Action: "sts:AssumeRole",
        ...(role.part === "service"
          ? { Condition: { StringEquals: { "sts:ExternalId": "elasticbeanstalk" } } }
          : {}),
      },
    ],
  });
}
