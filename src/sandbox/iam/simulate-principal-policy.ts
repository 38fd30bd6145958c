import {
  SimulatePrincipalPolicy$,
  type SimulatePrincipalPolicyRequest,
  type SimulatePolicyResponse,
} from "@aws-sdk/client-iam";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { evaluate } from "./evaluate.ts";
import { noSuchEntity } from "./find.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { page } from "./page.ts";
import { readPolicy, type Statement } from "./policy-document.ts";
import type { IamState } from "./state.ts";

/** SimulatePrincipalPolicy: the user may do everything; a role what its policies allow. */
export const simulatePrincipalPolicy: Operation<SimulatePrincipalPolicyRequest, SimulatePolicyResponse> = {
  schema: SimulatePrincipalPolicy$,
  run({ iam }, input) {
    for (const action of input.ActionNames ?? []) {
      if (!/^[a-zA-Z0-9-]+:[a-zA-Z0-9*]+$/.test(action)) {
        throw new ServiceError("InvalidInput", `Invalid action name: ${action}`);
      }
    }
    const statements = [
      ...statementsOf(iam, input.PolicySourceArn!),
      ...(input.PolicyInputList ?? []).flatMap(readPolicy),
    ];
    const resources = input.ResourceArns?.length ? input.ResourceArns : ["*"];
    const results = (input.ActionNames ?? []).flatMap((action) =>
      resources.map((resource) => ({
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: evaluate(statements, action, resource),
        MatchedStatements: [],
        MissingContextValues: [],
      })),
    );
    const { items, more } = page(results, input);
    return { EvaluationResults: items, ...more };
  },
};

function statementsOf(iam: IamState, arn: string): Statement[] {
  if (arn === iam.user.arn) return [allow(["*"])];
  const role = [...iam.roles.values()].find((one) => one.arn === arn);
  if (!role) throw noSuchEntity(`The principal ${arn} cannot be found.`);
  const managed = MANAGED_POLICIES.filter((policy) => role.attachedPolicies.has(policy.arn));
  return [
    ...managed.map((policy) => allow(policy.allows)),
    ...[...role.inlinePolicies.values()].flatMap(readPolicy),
  ];
}

function allow(actions: readonly string[]): Statement {
  return {
    effect: "Allow",
    actions,
    notActions: false,
    resources: ["*"],
    notResources: false,
    conditional: false,
  };
}
