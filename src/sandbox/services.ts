import * as efsSchemas from "@aws-sdk/client-efs";
import * as s3Schemas from "@aws-sdk/client-s3";
import type { StaticOperationSchema } from "@smithy/types";
import { operations as autoscalingOperations } from "./autoscaling/index.ts";
import { operations as beanstalkOperations } from "./beanstalk/index.ts";
import { operations as connectOperations } from "./ec2-instance-connect/index.ts";
import { operations as ec2Operations } from "./ec2/index.ts";
import { operations as efsOperations } from "./efs/index.ts";
import { operations as elbv2Operations } from "./elbv2/index.ts";
import { operations as iamOperations } from "./iam/index.ts";
import { operations as s3Operations } from "./s3/index.ts";
import { operations as stsOperations } from "./sts/index.ts";
import { autoscaling } from "./wire/constraints/autoscaling.ts";
import { ec2InstanceConnect } from "./wire/constraints/ec2-instance-connect.ts";
import { ec2 } from "./wire/constraints/ec2.ts";
import { efs } from "./wire/constraints/efs.ts";
import { elasticBeanstalk } from "./wire/constraints/elasticbeanstalk.ts";
import { elbv2 } from "./wire/constraints/elbv2.ts";
import { iam } from "./wire/constraints/iam.ts";
import { s3 } from "./wire/constraints/s3.ts";
import { sts } from "./wire/constraints/sts.ts";
import { jsonProtocol } from "./wire/json/json-protocol.ts";
import type { Service } from "./wire/protocol.ts";
import { EC2_PROTOCOL } from "./wire/query/ec2-protocol.ts";
import { queryProtocol } from "./wire/query/query-protocol.ts";
import { restJsonProtocol } from "./wire/rest/rest-json-protocol.ts";
import { restXmlProtocol } from "./wire/rest/rest-xml-protocol.ts";

/** Every service of the region and how it speaks. */
export const SERVICES: readonly Service[] = [
  {
    signingName: "sts",
    protocol: queryProtocol("2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/"),
    operations: stsOperations,
    constraints: sts,
    global: true,
  },
  {
    signingName: "iam",
    protocol: queryProtocol("2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/"),
    operations: iamOperations,
    constraints: iam,
    global: true,
  },
  { signingName: "ec2", protocol: EC2_PROTOCOL, operations: ec2Operations, constraints: ec2 },
  {
    signingName: "ec2-instance-connect",
    protocol: jsonProtocol("InvalidArgsException"),
    operations: connectOperations,
    constraints: ec2InstanceConnect,
  },
  {
    signingName: "elasticfilesystem",
    protocol: restJsonProtocol(operationSchemas(efsSchemas)),
    operations: efsOperations,
    constraints: efs,
  },
  {
    signingName: "s3",
    protocol: restXmlProtocol(operationSchemas(s3Schemas)),
    operations: s3Operations,
    constraints: s3,
  },
  {
    signingName: "elasticbeanstalk",
    protocol: queryProtocol("2010-12-01", "http://elasticbeanstalk.amazonaws.com/docs/2010-12-01/"),
    operations: beanstalkOperations,
    constraints: elasticBeanstalk,
  },
  {
    signingName: "autoscaling",
    protocol: queryProtocol("2011-01-01", "http://autoscaling.amazonaws.com/doc/2011-01-01/"),
    operations: autoscalingOperations,
    constraints: autoscaling,
  },
  {
    signingName: "elasticloadbalancing",
    protocol: queryProtocol("2015-12-01", "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"),
    operations: elbv2Operations,
    constraints: elbv2,
  },
];

/** All operations that a client's package knows: those that the sandbox lacks are refused by their name. */
function operationSchemas(client: object): StaticOperationSchema[] {
  return Object.values(client).filter(
    (one): one is StaticOperationSchema => Array.isArray(one) && one[0] === 9,
  );
}
