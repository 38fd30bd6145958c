import type { Region } from "../../region.ts";
import { findObject } from "../../s3/buckets.ts";
import type { ApplicationVersion } from "../application.ts";
import type { ProxyRules } from "../proxy/proxy-rules.ts";
import { parseProxyRules } from "../proxy/proxy-rules.ts";
import type { Extension } from "./extension.ts";
import { parseExtension } from "./parse-extension.ts";
import { ZipArchive } from "./zip-archive.ts";

/** What a version's bundle says before anything is unpacked. */
export interface BundleContents {
  readonly versionLabel: string;
  /** The archive on this machine. */
  readonly file: string;
  readonly extensions: readonly Extension[];
  /** What its nginx snippets change of the proxy. */
  readonly proxyRules: ProxyRules;
}

/** Reads the configuration inside a version's bundle. Throws what is wrong with it. */
export async function readBundle(region: Region, version: ApplicationVersion): Promise<BundleContents> {
  const { file } = findObject(region, version.bundle.bucket, version.bundle.key);
  const archive = await ZipArchive.open(file);
  try {
    const extensions: Extension[] = [];
    const snippets: string[] = [];
    const entries = archive.entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (/^\.ebextensions\/[^/]+\.config$/u.test(entry.name)) {
        extensions.push(parseExtension(entry.name, await archive.readText(entry), version.label));
      } else if (/^\.platform\/nginx\/(?:conf\.d\/.+|nginx)\.conf$/u.test(entry.name)) {
        snippets.push(await archive.readText(entry));
      }
    }
    return { versionLabel: version.label, file, extensions, proxyRules: parseProxyRules(snippets) };
  } finally {
    archive.close();
  }
}
