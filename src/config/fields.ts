import { choice, type Field, flag, integer, list, Misfit, size, table, text } from "./field.ts";

/** The branch that new environments run; its newest version is asked for at each creation. */
export const DEFAULT_PLATFORM = "Node.js 24 running on 64bit Amazon Linux 2023";

/** Elastic Beanstalk's rule for environment names, which bertops keeps for applications too. */
export const ENVIRONMENT_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{2,38})[A-Za-z0-9]$/u;
const NETWORK = /^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$|^[0-9A-Fa-f:]+\/\d{1,3}$/u;
const ABSOLUTE = /^\/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$/u;

const admit: Field<"caller" | "none" | readonly string[]> = {
  path: "ssh.admit",
  doc: "Who may reach port 22 of the instances. `caller` is the public address of whoever runs `init`, found at that moment; `none` closes the port; a list opens it to those networks.",
  allowed: "caller, none or a list of networks such as 203.0.113.0/24",
  fallback: "caller",
  example: "caller",
  read(found) {
    if (found === "caller" || found === "none") return found;
    if (!Array.isArray(found) || found.length === 0) throw new Misfit();
    return found.map((item: unknown) => {
      if (typeof item !== "string" || !NETWORK.test(item))
        throw new Misfit(`${JSON.stringify(item)} is no network.`);
      return item;
    });
  },
};

/** Every setting of bertops.yaml, in the order of the reference. */
export const FIELDS = {
  name: text("name", {
    doc: "The application's name, and the environment's unless `--env` names another. Without it: the directory's name.",
    allowed: "4 to 40 letters, digits and hyphens, with a letter or digit at both ends",
    pattern: ENVIRONMENT_NAME,
    fallback: undefined,
    example: "demo",
    flag: "name",
    variables: ["BERTOPS_NAME"],
  }),
  region: text("region", {
    doc: "The AWS region. Without it: `AWS_REGION`, then the profile's own region.",
    allowed: "a region such as us-east-1",
    pattern: /^[a-z]{2,}(?:-[a-z]+)+-\d+$/u,
    fallback: undefined,
    example: "us-east-1",
    flag: "region",
    variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
  }),
  profile: text("profile", {
    doc: "A profile of `~/.aws/config`. Keys in the environment (`AWS_ACCESS_KEY_ID`) win over it; `--profile` wins over both.",
    allowed: "the name of a profile",
    fallback: undefined,
    example: "default",
    flag: "profile",
    variables: ["AWS_PROFILE"],
  }),
  serviceDirectory: text("service.directory", {
    doc: "The service's own code, from the directory of bertops.yaml. `deploy` bundles it as it is on disk.",
    allowed: "a directory",
    fallback: "app",
    example: "app",
  }),
  platform: text("service.platform", {
    doc: "The platform branch of Elastic Beanstalk. Its newest recommended version is chosen when the environment is created.",
    allowed: `a platform branch such as "${DEFAULT_PLATFORM}"`,
    pattern: /^[\x20-\x7e]{3,100}$/u,
    fallback: DEFAULT_PLATFORM,
    example: DEFAULT_PLATFORM,
  }),
  instanceType: text("service.instanceType", {
    doc: "The type of the instances. It also decides the architecture that the bundle is made for (t4g.small is arm64).",
    allowed: "an instance type such as t3.small",
    pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/u,
    fallback: "t3.small",
    example: "t3.small",
    variables: ["BERTOPS_INSTANCE_TYPE"],
  }),
  instancesMin: integer("service.instances.min", {
    doc: "How many instances run at least.",
    min: 1,
    max: 1000,
    fallback: 1,
    example: "1",
  }),
  instancesMax: integer("service.instances.max", {
    doc: "How many instances run at most. 1 makes an environment without a load balancer; more adds one, and its price.",
    min: 1,
    max: 1000,
    fallback: 1,
    example: "1",
  }),
  volumeSize: integer("service.volumeSize", {
    doc: "Gigabytes of each instance's own disk. The model is on EFS and takes none of it.",
    min: 8,
    max: 16_384,
    fallback: 16,
    example: "16",
  }),
  environment: table("service.environment", {
    doc: "Further environment properties of the service. Anyone who may describe the environment can read them: name secrets by ARN (Secrets Manager, SSM) instead of writing them here.",
    allowed: "names and texts",
    name: /^(?!BERTOPS_(?:FILE_SYSTEM|MOUNT_POINT|PROPERTIES)$|MODEL_ROOT$|MODEL_NAME$|PORT$)[A-Za-z_][A-Za-z0-9_.:/+@-]{0,127}$/u,
    value: /^[\s\S]{0,4000}$/u,
    fallback: {},
    example: "{}",
  }),
  tokenSecret: text("service.tokenSecret", {
    doc: "A secret of Secrets Manager that holds the bearer token which the service then asks for: the text itself, or an object with `token`. The instances are allowed to read it, and read it again when it is rotated. A secret under a customer's own KMS key also needs that key's policy to let them decrypt.",
    allowed: "the ARN of a secret",
    pattern: /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/u,
    fallback: undefined,
    example: "arn:aws:secretsmanager:us-east-1:123456789012:secret:bert/token-AbCdEf",
  }),
  fileSystemId: text("fileSystem.id", {
    doc: "An EFS file system that exists already. Without it, `init` creates one of its own; `destroy` never deletes one that is named here.",
    allowed: "the id of a file system such as fs-0123456789abcdef0",
    pattern: /^fs-[0-9a-f]{8,40}$/u,
    fallback: undefined,
    example: "fs-0123456789abcdef0",
  }),
  mountPoint: text("fileSystem.mountPoint", {
    doc: "Where instances mount the file system.",
    allowed: "an absolute path such as /efs",
    pattern: ABSOLUTE,
    fallback: "/efs",
    example: "/efs",
  }),
  throughput: choice("fileSystem.throughput", {
    doc: "How EFS paces reads and writes. `elastic` is billed by what is read and written, `bursting` earns its pace by what is stored.",
    words: ["elastic", "bursting"],
    fallback: "elastic",
    example: "elastic",
  }),
  backup: flag("fileSystem.backup", {
    doc: "Daily backups of the file system by AWS Backup, which are billed.",
    fallback: false,
    example: "false",
  }),
  quota: size("fileSystem.quota", {
    doc: "What the store may hold at most, all models together: a push that would go beyond is refused before anything is sent. EFS itself has no end but the bill.",
    fallback: undefined,
    example: "500GB",
    variables: ["BERTOPS_QUOTA"],
  }),
  modelName: text("model.name", {
    doc: "The model's name in the store: `/efs/models/NAME`.",
    allowed: "1 to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u,
    fallback: "bert",
    example: "bert",
    flag: "model",
    variables: ["BERTOPS_MODEL"],
  }),
  pooling: choice("model.pooling", {
    doc: "What stands for a sentence: the [CLS] embedding, or the mean of all tokens.",
    words: ["cls", "mean"],
    fallback: "cls",
    example: "cls",
  }),
  precision: choice("model.precision", {
    doc: "The precision that `push-model` prepares. `int8` is about 2.5 times as fast and less exact; `int8-row` gives answers that do not depend on what else is asked at the moment.",
    words: ["fp32", "int8", "int8-row"],
    fallback: "fp32",
    example: "fp32",
  }),
  sshUser: text("ssh.user", {
    doc: "The user that bertops logs in as.",
    allowed: "a user name",
    pattern: /^[a-z_][a-z0-9_-]{0,31}$/u,
    fallback: "ec2-user",
    example: "ec2-user",
  }),
  sshPort: integer("ssh.port", {
    doc: "The port of the instances' SSH servers.",
    min: 1,
    max: 65_535,
    fallback: 22,
    example: "22",
    variables: ["BERTOPS_SSH_PORT"],
  }),
  keyPair: text("ssh.keyPair", {
    doc: "An EC2 key pair for the instances. Without it bertops uses keys of EC2 Instance Connect, which live 60 seconds. A change replaces the instances.",
    allowed: "the name of a key pair",
    pattern: /^[\x21-\x7e][\x20-\x7e]{0,254}$/u,
    fallback: undefined,
    example: "my-key",
  }),
  identity: text("ssh.identity", {
    doc: "The private key file that belongs to the key pair.",
    allowed: "a file",
    fallback: undefined,
    example: "~/.ssh/id_ed25519",
    flag: "identity",
  }),
  knownHosts: text("ssh.knownHosts", {
    doc: "Where bertops remembers host keys, by instance id.",
    allowed: "a file",
    fallback: undefined,
    example: "~/.config/bertops/known_hosts",
    flag: "knownHosts",
    variables: ["BERTOPS_KNOWN_HOSTS"],
  }),
  jump: text("ssh.jump", {
    doc: "The host to go through to the instances, or several from the outside in. Without it bertops takes public addresses and EC2 Instance Connect Endpoints.",
    allowed: "[USER@]HOST[:PORT], several with commas between them",
    pattern: /^\S+$/u,
    fallback: undefined,
    example: "ec2-user@bastion.example.com",
    flag: "jump",
    variables: ["BERTOPS_SSH_JUMP"],
  }),
  admit,
  vpcId: text("network.vpcId", {
    doc: "The VPC. Without it: the region's default VPC.",
    allowed: "the id of a VPC such as vpc-0123456789abcdef0",
    pattern: /^vpc-[0-9a-f]{8,17}$/u,
    fallback: undefined,
    example: "vpc-0123456789abcdef0",
  }),
  subnets: list("network.subnets", {
    doc: "The subnets for instances, load balancer and mount targets. Without them: the default subnet of every zone that offers the instance type.",
    allowed: "a list of subnet ids such as subnet-0123456789abcdef0",
    pattern: /^subnet-[0-9a-f]{8,17}$/u,
    fallback: undefined,
    example: "[subnet-0123456789abcdef0, subnet-0123456789abcdef1]",
  }),
  tags: table("tags", {
    doc: "Further tags on everything that bertops creates, set at creation.",
    allowed: "names and texts; `aws:`, `elasticbeanstalk:`, `bertops:` and `Name` are taken",
    name: /^(?!aws:|elasticbeanstalk:|bertops:|Name$)[\p{L}\p{N} _.:/=+@-]{1,128}$/u,
    value: /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u,
    fallback: {},
    example: "{}",
  }),
} as const;

/** Every field, in the order of the reference. */
export const ALL_FIELDS: readonly Field<unknown>[] = Object.values(FIELDS);
