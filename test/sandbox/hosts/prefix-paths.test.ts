import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PrefixPaths } from "../../../src/sandbox/hosts/prefix-paths.ts";

let root: string;
let paths: PrefixPaths;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "prefix-"));
  mkdirSync(join(root, "data"));
  paths = new PrefixPaths(root, ["/home/me/.nvm/v20"]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ["df /efs", "df @/efs"],
  ["cat /etc/fstab /var/log/x", "cat @/etc/fstab @/var/log/x"],
  ["ls '/efs/models' \"/tmp\"", "ls '@/efs/models' \"@/tmp\""],
  ["cd /efs&&ls>/tmp/x;(cat /root/y)", "cd @/efs&&ls>@/tmp/x;(cat @/root/y)"],
  ["--target=/efs", "--target=@/efs"],
  ["A=/home/ec2-user:/opt/elasticbeanstalk/bin", "A=@/home/ec2-user:@/opt/elasticbeanstalk/bin"],
  ["ls /data", "ls @/data"],
  // This machine's own, or no paths at all.
  ["/usr/bin/env sh -c /bin/true </dev/null", "/usr/bin/env sh -c /bin/true </dev/null"],
  ["/home/me/.nvm/v20/bin/node -p 1", "/home/me/.nvm/v20/bin/node -p 1"],
  ["curl http://h/etc /etcetera ./etc a/etc", "curl http://h/etc /etcetera ./etc a/etc"],
  ["mount -t efs fs-0a:/ /efs", "mount -t efs fs-0a:/ @/efs"],
  ["@/efs", "@/efs"],
  ["x=$ROOT_PREFIX; ls $x/efs /efs", "x=$ROOT_PREFIX; ls $x/efs /efs"],
])("%s", (text, expected) => {
  expect(paths.inText(text.replaceAll("@", root))).toBe(expected.replaceAll("@", root));
});

test("takes the root away as often as it was put there", () => {
  expect(paths.strip(`${root}${root}/efs`)).toBe("/efs");
  expect(paths.strip(root)).toBe("/");
  expect(paths.path(`${root}/efs`)).toBe(`${root}/efs`);
  expect(paths.path("/")).toBe(root);
});

test("knows a script that sees to its paths itself", () => {
  writeFileSync(join(root, "data/hook"), `cat "$ROOT_PREFIX/etc/fstab"\n`);
  writeFileSync(join(root, "data/other"), "cat /etc/fstab\n");
  expect(paths.seenTo(["sh", "/data/hook"])).toBe(true);
  expect(paths.seenTo(["sh", "/data/other", "/data/none", "/data"])).toBe(false);
});
