import {
  CreateApplication$,
  type ApplicationDescriptionMessage,
  type CreateApplicationMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { addApplication } from "./add-application.ts";
import { describeApplication } from "./describe-application.ts";
import { invalidParameterValue } from "./errors.ts";
import { resourceLifecycleOf } from "./resource-lifecycle.ts";
import { tagsOf } from "./tags.ts";

/** CreateApplication. */
export const createApplication: Operation<CreateApplicationMessage, ApplicationDescriptionMessage> = {
  schema: CreateApplication$,
  run(region, input, caller) {
    const name = input.ApplicationName ?? "";
    if (region.beanstalk.applications.has(name)) {
      throw invalidParameterValue(`Application ${name} already exists.`);
    }
    const application = addApplication(
      region,
      { name, description: input.Description, tags: tagsOf(input.Tags) },
      caller.requestId,
    );
    if (input.ResourceLifecycleConfig !== undefined) {
      application.lifecycle = resourceLifecycleOf(input.ResourceLifecycleConfig);
    }
    return { Application: describeApplication(application) };
  },
};
