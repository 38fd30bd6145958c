import { BOOLEAN, listOf, NUMBER, operation, STRING, structure, TIMESTAMP } from "../wire/schema.ts";

const STRINGS = listOf(STRING);
const LOAD_BALANCER = structure("LoadBalancer", {
  LoadBalancerArn: STRING,
  DNSName: STRING,
  CreatedTime: TIMESTAMP,
  LoadBalancerName: STRING,
  Scheme: STRING,
  VpcId: STRING,
  State: structure("LoadBalancerState", { Code: STRING, Reason: STRING }),
  Type: STRING,
  AvailabilityZones: listOf(structure("AvailabilityZone", { ZoneName: STRING, SubnetId: STRING })),
  SecurityGroups: STRINGS,
  IpAddressType: STRING,
});
const TARGET_GROUP = structure("TargetGroup", {
  TargetGroupArn: STRING,
  TargetGroupName: STRING,
  Protocol: STRING,
  Port: NUMBER,
  VpcId: STRING,
  HealthCheckProtocol: STRING,
  HealthCheckPort: STRING,
  HealthCheckEnabled: BOOLEAN,
  HealthCheckIntervalSeconds: NUMBER,
  HealthCheckTimeoutSeconds: NUMBER,
  HealthyThresholdCount: NUMBER,
  UnhealthyThresholdCount: NUMBER,
  HealthCheckPath: STRING,
  Matcher: structure("Matcher", { HttpCode: STRING }),
  LoadBalancerArns: STRINGS,
  TargetType: STRING,
});
const TARGET = structure("TargetDescription", { Id: STRING, Port: NUMBER, AvailabilityZone: STRING }, 1);

/** DescribeLoadBalancers. */
export const DESCRIBE_LOAD_BALANCERS = operation(
  "DescribeLoadBalancers",
  structure("Request", { LoadBalancerArns: STRINGS, Names: STRINGS, Marker: STRING, PageSize: NUMBER }),
  structure("Result", { LoadBalancers: listOf(LOAD_BALANCER), NextMarker: STRING }),
);

/** DescribeTargetGroups. */
export const DESCRIBE_TARGET_GROUPS = operation(
  "DescribeTargetGroups",
  structure("Request", {
    LoadBalancerArn: STRING,
    TargetGroupArns: STRINGS,
    Names: STRINGS,
    Marker: STRING,
    PageSize: NUMBER,
  }),
  structure("Result", { TargetGroups: listOf(TARGET_GROUP), NextMarker: STRING }),
);

/** DescribeTargetHealth. */
export const DESCRIBE_TARGET_HEALTH = operation(
  "DescribeTargetHealth",
  structure("Request", { TargetGroupArn: STRING, Targets: listOf(TARGET), Include: STRINGS }, 1),
  structure("Result", {
    TargetHealthDescriptions: listOf(
      structure("TargetHealthDescription", {
        Target: TARGET,
        HealthCheckPort: STRING,
        TargetHealth: structure("TargetHealth", { State: STRING, Reason: STRING, Description: STRING }),
      }),
    ),
  }),
);
