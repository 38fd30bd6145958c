import {
  CreateApplicationVersion$,
  type ApplicationVersionDescriptionMessage,
  type CreateApplicationVersionMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import { ServiceError, type Operation } from "../wire/operation.ts";
import { addApplication } from "./add-application.ts";
import type { ApplicationVersion } from "./application.ts";
import { beanstalkArn } from "./arn.ts";
import { describeVersion } from "./describe-application.ts";
import { invalidParameterCombination, invalidParameterValue, unsupported } from "./errors.ts";
import { findApplication } from "./find.ts";
import { processVersion } from "./process-version.ts";
import { recordEvent } from "./record-event.ts";
import { putSampleBundle } from "./sample-application.ts";
import { tagsOf } from "./tags.ts";

const FOREIGN_BUCKET = /^elasticbeanstalk-(?<region>[a-z]{2}(?:-[a-z]+)+-\d)-\d{12}$/u;

function checkBundle(region: Region, bucket: string, key: string): void {
  const home = FOREIGN_BUCKET.exec(bucket)?.groups?.["region"];
  if (home !== undefined && home !== region.name && !region.s3.buckets.has(bucket)) {
    throw new ServiceError(
      "S3LocationNotInServiceRegionException",
      "The specified S3 bucket does not belong to the S3 region in which the service is running.",
    );
  }
  if (!region.s3.buckets.get(bucket)?.objects.has(key)) {
    throw invalidParameterCombination(
      `Unable to download from S3 location (Bucket: ${bucket}  Key: ${key}). Reason: Not Found`,
    );
  }
}

async function bundleOf(
  region: Region,
  input: CreateApplicationVersionMessage,
): Promise<ApplicationVersion["bundle"]> {
  if (input.SourceBundle === undefined) {
    return putSampleBundle(region);
  }
  const { S3Bucket: bucket, S3Key: key } = input.SourceBundle;
  if (bucket === undefined || key === undefined) {
    throw invalidParameterCombination("Both S3Bucket and S3Key must be specified for SourceBundle.");
  }
  checkBundle(region, bucket, key);
  return { bucket, key };
}

/** CreateApplicationVersion: with `Process` the bundle is opened and checked, without it is taken as it is. */
export const createApplicationVersion: Operation<
  CreateApplicationVersionMessage,
  ApplicationVersionDescriptionMessage
> = {
  schema: CreateApplicationVersion$,
  async run(region, input, { requestId }) {
    const name = input.ApplicationName ?? "";
    const label = input.VersionLabel ?? "";
    if (input.SourceBuildInformation ?? input.BuildConfiguration ?? input.ImageConfiguration) {
      throw unsupported("CreateApplicationVersion from CodeBuild or images", "it takes bundles in S3 only");
    }
    const tags = tagsOf(input.Tags);
    const state = region.beanstalk;
    if (input.AutoCreateApplication !== true || state.applications.has(name)) {
      if (findApplication(state, name).versions.has(label)) {
        throw invalidParameterValue(`Application Version ${label} already exists.`);
      }
    }
    const bundle = await bundleOf(region, input);
    const application = state.applications.get(name) ?? addApplication(region, { name }, requestId);
    const now = new Date();
    const version: ApplicationVersion = {
      label,
      arn: beanstalkArn(region, `applicationversion/${name}/${label}`),
      description: input.Description,
      bundle,
      status: input.Process === true ? "Processing" : "Unprocessed",
      created: now,
      updated: now,
      tags,
    };
    application.versions.set(label, version);
    const subject = { applicationName: name, versionLabel: label, requestId };
    recordEvent(region, subject, `Created new Application Version: ${label}`);
    if (input.Process === true) {
      processVersion(region, version, subject);
    }
    return { ApplicationVersion: describeVersion(application, version) };
  },
};
