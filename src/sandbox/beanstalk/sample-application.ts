import type { Region } from "../region.ts";
import type { ApplicationVersion } from "./application.ts";
import { putObject } from "./put-object.ts";
import { zipFiles } from "./zip-files.ts";

/** The label that an environment without a version shows. */
export const SAMPLE_LABEL = "Sample Application";

const APP = `const { createServer } = require("node:http");
const page = "<h1>Congratulations</h1><p>Your first Elastic Beanstalk Node.js application runs in the bertops sandbox.</p>";
createServer((request, response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.end(page);
}).listen(process.env.PORT || 8080);
`;

/** Puts the sample application's bundle into the account's bucket; answers where it is. */
export async function putSampleBundle(region: Region): Promise<ApplicationVersion["bundle"]> {
  const bytes = await zipFiles({ "app.js": APP });
  return putObject(region, "resources/sample/nodejs.zip", { bytes, contentType: "application/zip" });
}

/** The version that environments run which name none. */
export async function sampleVersion(region: Region): Promise<ApplicationVersion> {
  const now = new Date();
  return {
    label: SAMPLE_LABEL,
    arn: "",
    description: undefined,
    bundle: await putSampleBundle(region),
    status: "Processed",
    created: now,
    updated: now,
    tags: new Map(),
  };
}
