import type { Region } from "../region.ts";

/** The ARN of something that Beanstalk keeps: `application/NAME`, `environment/APP/NAME` and so on. */
export function beanstalkArn(region: Region, resource: string): string {
  return `arn:aws:elasticbeanstalk:${region.name}:${region.accountId}:${resource}`;
}
