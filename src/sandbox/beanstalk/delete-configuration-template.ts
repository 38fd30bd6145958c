import {
  DeleteConfigurationTemplate$,
  type DeleteConfigurationTemplateMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findApplication } from "./find.ts";

/** DeleteConfigurationTemplate: environments that were made from it keep their settings. */
export const deleteConfigurationTemplate: Operation<DeleteConfigurationTemplateMessage, void> = {
  schema: DeleteConfigurationTemplate$,
  run(region, input) {
    findApplication(region.beanstalk, input.ApplicationName).templates.delete(input.TemplateName ?? "");
  },
};
