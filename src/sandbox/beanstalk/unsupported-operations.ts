import {
  ApplyEnvironmentManagedAction$,
  ComposeEnvironments$,
  CreatePlatformVersion$,
  DeletePlatformVersion$,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { unsupported } from "./errors.ts";

function refuse(schema: Operation["schema"], name: string, reason: string): Operation {
  return {
    schema,
    run() {
      throw unsupported(name, reason);
    },
  };
}

/** Operations that a sandbox can't give sense to; they say so by their name. */
export const unsupportedOperations: readonly Operation[] = [
  refuse(ApplyEnvironmentManagedAction$, "ApplyEnvironmentManagedAction", "it schedules no managed actions"),
  refuse(ComposeEnvironments$, "ComposeEnvironments", "it has no environment groups"),
  refuse(CreatePlatformVersion$, "CreatePlatformVersion", "it has no custom platforms"),
  refuse(DeletePlatformVersion$, "DeletePlatformVersion", "it has no custom platforms"),
];
