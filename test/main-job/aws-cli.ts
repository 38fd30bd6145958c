import { spawnSync } from "node:child_process";
import type { Answer, Session } from "./session.ts";

/** Is Amazon's own command line here? Its requests and its reading of answers owe nothing to bertops or the SDK. */
export const awsCliInstalled = spawnSync("aws", ["--version"]).status === 0;

if (!awsCliInstalled)
  process.stderr.write("The AWS CLI is not installed: its view of the sandbox is not tested.\n");

/** Runs `aws ARGUMENTS` against the session's sandbox and reads its JSON. */
export async function aws(session: Session, argument: string): Promise<Answer> {
  const endpoint = session.variables["AWS_ENDPOINT_URL"] ?? "";
  const outcome = await session.shell(`aws --endpoint-url ${endpoint} --output json ${argument}`);
  if (outcome.exitCode !== 0) throw new Error(`aws ${argument}: ${outcome.stderr.join("\n")}`);
  return JSON.parse(outcome.stdout.join("\n")) as Answer;
}
