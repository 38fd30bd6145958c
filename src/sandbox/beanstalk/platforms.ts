/** One version of one platform branch. */
export interface PlatformVersion {
  readonly version: string;
  readonly branch: PlatformBranch;
  readonly created: Date;
  /** Empty for versions that a newer one has replaced. */
  readonly lifecycle: "Recommended" | "";
}

/** A platform branch, as ListPlatformBranches shows it. */
export interface PlatformBranch {
  readonly name: string;
  readonly stackSuffix: string;
  readonly languageVersion: string;
  readonly lifecycle: "Supported" | "Deprecated" | "Retired" | "Beta";
  readonly order: number;
}

const node24: PlatformBranch = {
  name: "Node.js 24 running on 64bit Amazon Linux 2023",
  stackSuffix: "running Node.js 24",
  languageVersion: "24",
  lifecycle: "Supported",
  order: 4,
};
const node22: PlatformBranch = {
  name: "Node.js 22 running on 64bit Amazon Linux 2023",
  stackSuffix: "running Node.js 22",
  languageVersion: "22",
  lifecycle: "Supported",
  order: 3,
};

/** The branches that the sandbox's Beanstalk offers, newest first. */
export const PLATFORM_BRANCHES: readonly PlatformBranch[] = [node24, node22];

/** The versions of both branches, newest first. */
export const PLATFORM_VERSIONS: readonly PlatformVersion[] = PLATFORM_BRANCHES.flatMap((branch) => [
  { version: "6.11.7", branch, created: new Date("2026-11-04T18:00:00Z"), lifecycle: "Recommended" as const },
  { version: "6.11.6", branch, created: new Date("2026-10-07T18:00:00Z"), lifecycle: "" as const },
  { version: "6.10.2", branch, created: new Date("2026-07-15T18:00:00Z"), lifecycle: "" as const },
]);

/** `64bit Amazon Linux 2023 v6.11.7 running Node.js 24`: the older name of the same thing. */
export function solutionStackName(platform: PlatformVersion): string {
  return `64bit Amazon Linux 2023 v${platform.version} ${platform.branch.stackSuffix}`;
}

/** The ARN of a platform version. AWS owns it, so no account stands in it. */
export function platformArn(platform: PlatformVersion, region: string): string {
  return `arn:aws:elasticbeanstalk:${region}::platform/${platform.branch.name}/${platform.version}`;
}

/** The platform version of an ARN; without a version in it, the branch's newest. */
export function findPlatformByArn(arn: string, region: string): PlatformVersion | undefined {
  return PLATFORM_VERSIONS.find((platform) => {
    const full = platformArn(platform, region);
    return arn === full || arn === full.slice(0, full.lastIndexOf("/"));
  });
}

/** The platform version of a solution stack's name. */
export function findPlatformByStack(name: string): PlatformVersion | undefined {
  return PLATFORM_VERSIONS.find((platform) => solutionStackName(platform) === name);
}

/** What instances run: the sandbox uses this machine's node, so it says so where that is no Linux. */
export function operatingSystemName(): string {
  return process.platform === "darwin" ? "macOS" : "Amazon Linux";
}
