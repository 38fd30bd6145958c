import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { DeploymentOrder } from "./deploy-to-member.ts";
import type { UpdatePlan } from "./plan-update.ts";

/** What a running update works with. */
export interface UpdateRun {
  readonly region: Region;
  readonly environment: Environment;
  readonly plan: UpdatePlan;
  readonly order: DeploymentOrder;
  readonly signal: AbortSignal;
}
