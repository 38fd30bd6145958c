import {
  CheckDNSAvailability$,
  type CheckDNSAvailabilityMessage,
  type CheckDNSAvailabilityResultMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { isPrefixTaken } from "./cname-prefix.ts";

/** CheckDNSAvailability. */
export const checkDnsAvailability: Operation<CheckDNSAvailabilityMessage, CheckDNSAvailabilityResultMessage> =
  {
    schema: CheckDNSAvailability$,
    run(region, { CNAMEPrefix: prefix = "" }) {
      const taken = isPrefixTaken(region.beanstalk, prefix);
      return {
        Available: !taken,
        FullyQualifiedCNAME: taken
          ? undefined
          : `${prefix.toLowerCase()}.${region.name}.elasticbeanstalk.com`,
      };
    },
  };
