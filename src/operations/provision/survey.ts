import { nearest } from "../../config/nearest.ts";
import type { Config } from "../../config/config.ts";
import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { Ground } from "../../plan/ground.ts";
import { chooseSubnets } from "../../plan/subnets.ts";
import type { SurveyPorts } from "./ports.ts";

/** Finds out what account and region offer. Changes nothing. */
export async function survey(
  config: Config,
  ports: SurveyPorts,
  emit: Emit,
  options: { readonly admitCaller: boolean },
): Promise<Ground> {
  const admitCaller = options.admitCaller && config.ssh.admit === "caller";
  const { instanceType, platform: branch } = config.service;
  // Who calls comes first and alone: without credentials nothing else has a point.
  const identity = await ports.identities.caller();
  const [platform, architecture, zones, network, callerAddress] = await Promise.all([
    ports.platforms.newest(branch),
    ports.network.architecture(instanceType),
    ports.network.zonesOffering(instanceType),
    surveyNetwork(config, ports),
    admitCaller ? ports.callerAddress() : undefined,
  ]);
  if (platform === undefined) throw await noPlatform(branch, ports);
  if (architecture === undefined)
    throw new UserError({
      reason: "no-instance-type",
      message: `There is no instance type ${instanceType} in ${ports.region}.`,
      hint: "Correct service.instanceType in bertops.yaml.",
      next: [`aws ec2 describe-instance-type-offerings --region ${ports.region}`],
      exitCode: EXIT.usage,
    });
  if (!network.resolvesNames)
    emit({
      type: "warning",
      message: `${network.vpcId} has DNS support or DNS host names switched off: instances will not find the file system.`,
      hint: `Switch both on: aws ec2 modify-vpc-attribute --vpc-id ${network.vpcId} --enable-dns-hostnames`,
    });
  if (admitCaller && callerAddress === undefined)
    emit({
      type: "warning",
      message: "Your public address could not be found out, so port 22 stays closed for you.",
      hint: "Write it into bertops.yaml: ssh.admit: [ADDRESS/32]",
    });
  return {
    region: ports.region,
    identity,
    vpcId: network.vpcId,
    subnets: chooseSubnets(config, network.vpcId, network.subnets, zones),
    platform,
    architecture,
    callerAddress,
  };
}

async function surveyNetwork(
  config: Config,
  ports: SurveyPorts,
): Promise<{
  vpcId: string;
  subnets: Awaited<ReturnType<SurveyPorts["network"]["subnets"]>>;
  resolvesNames: boolean;
}> {
  const { vpcId } = config.network;
  const vpc = await ports.network.vpc(vpcId);
  if (vpc === undefined)
    throw new UserError({
      reason: "no-vpc",
      message:
        vpcId === undefined
          ? `${ports.region} has no default VPC in this account.`
          : `There is no VPC ${vpcId} in ${ports.region}.`,
      hint: "Name a VPC and its subnets in bertops.yaml: network.vpcId and network.subnets.",
      next: ["aws ec2 create-default-vpc", "aws ec2 describe-vpcs"],
      exitCode: EXIT.usage,
    });
  const [subnets, resolvesNames] = await Promise.all([
    ports.network.subnets(vpc.id),
    ports.network.resolvesNames(vpc.id),
  ]);
  return { vpcId: vpc.id, subnets, resolvesNames };
}

async function noPlatform(branch: string, ports: SurveyPorts): Promise<UserError> {
  const branches = await ports.platforms.branches();
  const near = nearest(branch, branches);
  const node = branches.filter((name) => name.startsWith("Node.js")).toSorted();
  return new UserError({
    reason: "no-platform",
    message: `Elastic Beanstalk has no recommended version of the platform branch ${JSON.stringify(branch)}.`,
    hint:
      near === undefined
        ? `Set service.platform to one of: ${node.join(", ")}.`
        : `Did you mean ${JSON.stringify(near)}?`,
    next: ["aws elasticbeanstalk list-platform-branches"],
    exitCode: EXIT.usage,
  });
}
