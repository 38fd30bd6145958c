import {
  type ApplicationVersionDescription,
  CreateApplicationCommand,
  CreateApplicationVersionCommand,
  DeleteApplicationCommand,
  DeleteApplicationVersionCommand,
  DescribeApplicationsCommand,
  DescribeApplicationVersionsCommand,
  type ElasticBeanstalkClient,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-elastic-beanstalk";
import { errorCode, errorMessage } from "./errors.ts";

export interface Application {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A version of an application: a bundle in S3 under a label. */
export interface ApplicationVersion {
  readonly label: string;
  /** UNPROCESSED, PROCESSING, BUILDING, PROCESSED or FAILED, in capitals. */
  readonly status: string;
  readonly description: string;
  readonly bucket: string;
  readonly key: string;
  readonly createdAt: Date | undefined;
}

type Tags = Readonly<Record<string, string>>;

export interface Applications {
  find(name: string): Promise<Application | undefined>;
  /** One that is there already is no error. */
  create(application: { name: string; description: string; tags: Tags }): Promise<void>;
  /** One that is gone already is no error. */
  delete(name: string): Promise<void>;
  version(application: string, label: string): Promise<ApplicationVersion | undefined>;
  /** Newest first. */
  versions(application: string): Promise<readonly ApplicationVersion[]>;
  /** One that is there already is no error. */
  createVersion(version: {
    application: string;
    label: string;
    description: string;
    bucket: string;
    key: string;
    tags: Tags;
  }): Promise<void>;
  /** `busy` while AWS still works on it; one that is gone already counts as deleted. */
  deleteVersion(application: string, label: string, withBundle: boolean): Promise<"deleted" | "busy">;
}

/** Opens the applications of Elastic Beanstalk and their versions. */
export function openApplications(beanstalk: ElasticBeanstalkClient): Applications {
  return {
    async find(name) {
      const answer = await beanstalk.send(new DescribeApplicationsCommand({ ApplicationNames: [name] }));
      const found = answer.Applications?.[0];
      if (found === undefined) return undefined;
      const arn = found.ApplicationArn ?? "";
      return { name, arn, tags: await tagsOf(beanstalk, arn) };
    },
    async create({ name, description, tags }) {
      await unlessExists(
        beanstalk.send(
          new CreateApplicationCommand({
            ApplicationName: name,
            Description: description,
            Tags: toTags(tags),
          }),
        ),
      );
    },
    async delete(name) {
      try {
        await beanstalk.send(new DeleteApplicationCommand({ ApplicationName: name }));
      } catch (error) {
        if (!/no application named|not found/iu.test(errorMessage(error))) throw error;
      }
    },
    async version(application, label) {
      const answer = await beanstalk.send(
        new DescribeApplicationVersionsCommand({ ApplicationName: application, VersionLabels: [label] }),
      );
      const found = answer.ApplicationVersions?.[0];
      return found === undefined ? undefined : fromBeanstalk(found);
    },
    async versions(application) {
      const versions: ApplicationVersion[] = [];
      let token: string | undefined;
      do {
        const answer = await beanstalk.send(
          new DescribeApplicationVersionsCommand({
            ApplicationName: application,
            MaxRecords: 200,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        );
        versions.push(...(answer.ApplicationVersions ?? []).map(fromBeanstalk));
        token = answer.NextToken;
      } while (token !== undefined);
      return versions.toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
    },
    async createVersion({ application, label, description, bucket, key, tags }) {
      await unlessExists(
        beanstalk.send(
          new CreateApplicationVersionCommand({
            ApplicationName: application,
            VersionLabel: label,
            Description: description,
            SourceBundle: { S3Bucket: bucket, S3Key: key },
            Process: true,
            Tags: toTags(tags),
          }),
        ),
      );
    },
    async deleteVersion(application, label, withBundle) {
      try {
        await beanstalk.send(
          new DeleteApplicationVersionCommand({
            ApplicationName: application,
            VersionLabel: label,
            DeleteSourceBundle: withBundle,
          }),
        );
      } catch (error) {
        const code = errorCode(error) ?? "";
        if (code.startsWith("OperationInProgress")) return "busy";
        if (code.startsWith("SourceBundleDeletion")) return "deleted";
        if (!/no application(?: version)? named|not found/iu.test(errorMessage(error))) throw error;
      }
      return "deleted";
    },
  };
}

/** The tags of an application or environment by ARN. */
export async function tagsOf(
  beanstalk: ElasticBeanstalkClient,
  arn: string,
): Promise<Record<string, string>> {
  const answer = await beanstalk.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
  return Object.fromEntries((answer.ResourceTags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

/** Tags as Elastic Beanstalk takes them. */
export function toTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

async function unlessExists(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!/already exists/iu.test(errorMessage(error))) throw error;
  }
}

function fromBeanstalk(version: ApplicationVersionDescription): ApplicationVersion {
  return {
    label: version.VersionLabel ?? "",
    status: (version.Status ?? "UNPROCESSED").toUpperCase(),
    description: version.Description ?? "",
    bucket: version.SourceBundle?.S3Bucket ?? "",
    key: version.SourceBundle?.S3Key ?? "",
    createdAt: version.DateCreated,
  };
}
