import { fileOutcomes } from "../../store/file-outcomes.ts";
import { planPush } from "../../store/push-plan.ts";
import { surveyStore } from "../../store/survey.ts";
import { versionId } from "../../store/version-id.ts";
import { findVersion } from "./find-version.ts";
import { type PushOutcome, summary, unsent } from "./outcome.ts";
import type { PushOptions } from "./push.ts";
import { knownVersions } from "./send-version.ts";

/** Only says what would travel. */
export async function rehearse(options: PushOptions): Promise<PushOutcome> {
  const { content, host, root, model, signal } = options;
  const survey = await surveyStore(host, root, model, signal);
  await content.read(() => true);
  const there = await findVersion(survey, options);
  if (there !== undefined) {
    await content.settle();
    return unsent(there, survey, false, options);
  }
  const plan = planPush(content.files, {
    known: await knownVersions(survey, options),
    copies: survey.hashTool === "python3",
    emptyDirectories: content.emptyDirectories,
  });
  for (const outcome of fileOutcomes(content.files, plan)) options.emit(outcome);
  return {
    ...summary(versionId(options.now(), content.hash()), options),
    active: false,
    previous: survey.current ?? null,
    unchanged: false,
    bytesSent: plan.bytesSent,
    bytesReused: content.bytes - plan.bytesSent,
    connections: 0,
    verified: false,
  };
}
