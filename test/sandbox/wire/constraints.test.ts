import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { autoscaling } from "../../../src/sandbox/wire/constraints/autoscaling.ts";
import { ec2InstanceConnect } from "../../../src/sandbox/wire/constraints/ec2-instance-connect.ts";
import { ec2 } from "../../../src/sandbox/wire/constraints/ec2.ts";
import { efs } from "../../../src/sandbox/wire/constraints/efs.ts";
import { elasticBeanstalk } from "../../../src/sandbox/wire/constraints/elasticbeanstalk.ts";
import { elbv2 } from "../../../src/sandbox/wire/constraints/elbv2.ts";
import { iam } from "../../../src/sandbox/wire/constraints/iam.ts";
import { s3 } from "../../../src/sandbox/wire/constraints/s3.ts";
import { sts } from "../../../src/sandbox/wire/constraints/sts.ts";
import { SERVICES } from "../../../src/sandbox/services.ts";
import { requiredMembers } from "../../../src/sandbox/wire/validate.ts";
import { NormalizedSchema } from "@smithy/core/schema";
import { deriveConstraints } from "../../../tools/constraints.ts";

const MODELS = new URL("../../../../shared/aws-models/", import.meta.url);
const present = existsSync(MODELS);
if (!present)
  console.log("skipped: AWS's service models are not beside the repository (../shared/aws-models)");

const tables = {
  autoscaling,
  ec2,
  "ec2-instance-connect": ec2InstanceConnect,
  efs,
  elasticbeanstalk: elasticBeanstalk,
  elbv2,
  iam,
  s3,
  sts,
};

function model(file: string) {
  return JSON.parse(readFileSync(new URL(`${file}.json`, MODELS), "utf8")) as {
    metadata: { endpointPrefix: string };
    operations: Record<string, { input?: { shape: string } }>;
    shapes: Record<string, { required?: string[] }>;
  };
}

describe.skipIf(!present)("against AWS's service models", () => {
  test.each(Object.keys(tables))("the committed constraints of %s are those of the model", (file) => {
    expect(tables[file as keyof typeof tables]).toEqual(deriveConstraints(model(file) as never));
  });

  test.each(Object.keys(tables))("the SDK's schemas of %s require what the model requires", (file) => {
    const { metadata, operations, shapes } = model(file);
    const service = SERVICES.find((one) => one.signingName === metadata.endpointPrefix);
    for (const { schema } of service?.operations ?? []) {
      const input = operations[schema[2]]?.input;
      const structure = NormalizedSchema.of(schema[4]);
      if (!input || !structure.isStructSchema()) continue;
      const required = shapes[input.shape]?.required ?? [];
      const tokens = service?.constraints.shapes[input.shape]?.required ?? [];
      const counted = [...requiredMembers(structure), ...tokens];
      expect([schema[2], counted.toSorted()]).toEqual([schema[2], required.toSorted()]);
    }
  });
});
