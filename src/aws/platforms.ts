import {
  type ElasticBeanstalkClient,
  ListPlatformBranchesCommand,
  paginateListPlatformVersions,
} from "@aws-sdk/client-elastic-beanstalk";

/** One version of a platform branch. */
export interface Platform {
  readonly arn: string;
  readonly branch: string;
  readonly version: string;
  /** `Amazon Linux`; a sandbox on a Mac says `macOS`. */
  readonly operatingSystem: string;
}

export interface Platforms {
  /** The newest version of a branch that is ready and recommended; undefined where there is none. */
  newest(branch: string): Promise<Platform | undefined>;
  /** Names of supported branches. */
  branches(): Promise<readonly string[]>;
}

/** Opens the platforms of Elastic Beanstalk. */
export function openPlatforms(beanstalk: ElasticBeanstalkClient): Platforms {
  return {
    async newest(branch) {
      const found: Platform[] = [];
      const pages = paginateListPlatformVersions(
        { client: beanstalk },
        {
          Filters: [
            { Type: "PlatformBranchName", Operator: "=", Values: [branch] },
            { Type: "PlatformStatus", Operator: "=", Values: ["Ready"] },
            { Type: "PlatformLifecycleState", Operator: "=", Values: ["Recommended"] },
          ],
        },
      );
      for await (const page of pages)
        for (const summary of page.PlatformSummaryList ?? []) {
          const arn = summary.PlatformArn ?? "";
          found.push({
            arn,
            branch: summary.PlatformBranchName ?? branch,
            version: summary.PlatformVersion ?? arn.split("/").at(-1) ?? "",
            operatingSystem: summary.OperatingSystemName ?? "Amazon Linux",
          });
        }
      return found.toSorted((a, b) => compareVersions(b.version, a.version))[0];
    },
    async branches() {
      const answer = await beanstalk.send(
        new ListPlatformBranchesCommand({
          Filters: [{ Attribute: "LifecycleState", Operator: "in", Values: ["Supported"] }],
        }),
      );
      return (answer.PlatformBranchSummaryList ?? []).flatMap(({ BranchName }) => BranchName ?? []);
    },
  };
}

/** Orders `6.11.7` after `6.9.10`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split("."), b.split(".")];
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = Number(left[part] ?? 0) - Number(right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
