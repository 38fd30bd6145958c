import { noSuchEntity } from "./find.ts";

/** A policy that AWS manages; `allows` is the gist of its document, in the words of this sandbox. */
export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly policyId: string;
  readonly allows: readonly string[];
}

/** Path under `arn:aws:iam::aws:policy/` -> actions that it allows, on every resource. */
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ["*"],
  ReadOnlyAccess: ["*:Describe*", "*:Get*", "*:List*"],
  AWSElasticBeanstalkWebTier: [
    "s3:Get*",
    "s3:List*",
    "s3:PutObject",
    "xray:Put*",
    "xray:Get*",
    "logs:PutLogEvents",
    "logs:Create*",
    "logs:Describe*",
    "elasticbeanstalk:PutInstanceStatistics",
  ],
  AWSElasticBeanstalkWorkerTier: [
    "s3:Get*",
    "s3:List*",
    "s3:PutObject",
    "sqs:*",
    "dynamodb:*",
    "elasticbeanstalk:PutInstanceStatistics",
  ],
  AWSElasticBeanstalkMulticontainerDocker: ["ecs:*"],
  AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy: [
    "elasticbeanstalk:*",
    "autoscaling:*",
    "cloudformation:*",
    "ec2:*",
    "elasticloadbalancing:*",
    "s3:*",
    "logs:*",
    "iam:PassRole",
  ],
  "service-role/AWSElasticBeanstalkEnhancedHealth": [
    "elasticloadbalancing:Describe*",
    "ec2:Describe*",
    "ec2:GetConsoleOutput",
    "ec2:AssociateAddress",
    "autoscaling:Describe*",
    "sqs:Get*",
    "sns:Publish",
  ],
  "AdministratorAccess-AWSElasticBeanstalk": [
    "elasticbeanstalk:*",
    "ec2:*",
    "s3:*",
    "autoscaling:*",
    "elasticloadbalancing:*",
    "iam:PassRole",
  ],
  AWSElasticBeanstalkReadOnly: ["elasticbeanstalk:Describe*", "elasticbeanstalk:List*"],
  AmazonSSMManagedInstanceCore: ["ssm:*", "ssmmessages:*", "ec2messages:*"],
  AmazonElasticFileSystemClientFullAccess: [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientWrite",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:DescribeMountTargets",
  ],
  AmazonElasticFileSystemClientReadWriteAccess: [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientWrite",
    "elasticfilesystem:DescribeMountTargets",
  ],
  AmazonElasticFileSystemClientReadOnlyAccess: [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:DescribeMountTargets",
  ],
  "service-role/AmazonElasticFileSystemsUtils": [
    "elasticfilesystem:DescribeMountTargets",
    "ec2:DescribeAvailabilityZones",
    "logs:*",
    "ssm:*",
  ],
  CloudWatchAgentServerPolicy: ["cloudwatch:PutMetricData", "logs:*", "ec2:DescribeTags"],
  CloudWatchLogsFullAccess: ["logs:*"],
  AmazonS3ReadOnlyAccess: ["s3:Get*", "s3:List*"],
  AmazonS3FullAccess: ["s3:*"],
  AmazonEC2ContainerRegistryReadOnly: ["ecr:Get*", "ecr:BatchGetImage", "ecr:Describe*"],
  AWSXRayDaemonWriteAccess: ["xray:Put*", "xray:Get*"],
  "aws-service-role/AWSElasticBeanstalkServiceRolePolicy": [
    "elasticbeanstalk:*",
    "ec2:*",
    "autoscaling:*",
    "elasticloadbalancing:*",
  ],
};

const PREFIX = "arn:aws:iam::aws:policy/";

/** The policies that AWS manages and that the sandbox knows. */
export const MANAGED_POLICIES: readonly ManagedPolicy[] = Object.entries(POLICIES).map(([path, allows]) => {
  const parts = path.split("/");
  const name = parts.at(-1)!;
  const folder = parts.slice(0, -1).join("/");
  return {
    arn: PREFIX + path,
    name,
    path: folder === "" ? "/" : `/${folder}/`,
    policyId: `ANPA${Buffer.from(name).toString("hex").toUpperCase().slice(0, 17)}`,
    allows,
  };
});

/** The managed policy with this ARN, or `NoSuchEntity` 404. */
export function findManagedPolicy(arn: string): ManagedPolicy {
  const policy = MANAGED_POLICIES.find((one) => one.arn === arn);
  if (!policy) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return policy;
}
