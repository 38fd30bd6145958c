import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Client, SFTPWrapper, Stats } from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Host, Hosts } from "../../../src/sandbox/hosts/host.ts";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { exec, login, sftp } from "./client.ts";
import { fakeRegion } from "./fake-region.ts";
import type { FakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";
import { run } from "./run.ts";

const SPEC = {
  instanceId: "i-0aa",
  hostname: "ip-172-31-7-7",
  privateIp: "172.31.7.7",
  availabilityZone: "eu-west-1a",
};
const HOME = "/home/ec2-user";

describe.each(ISOLATIONS)("SFTP to an instance in %s", (isolation) => {
  let region: FakeRegion;
  let hosts: Hosts;
  let host: Host;
  let client: Client;
  let files: SFTPWrapper;
  beforeAll(async () => {
    region = fakeRegion();
    hosts = await openHosts({ directory: region.directory, gates: region.gates, isolation });
    host = await hosts.launch(SPEC);
    client = await login(hosts, host, region.key.private);
    files = await sftp(client);
  });
  afterAll(async () => {
    client.end();
    await hosts.close();
    region.remove();
  });
  const call = <T>(work: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      work((error, value) => (error ? reject(error) : resolve(value as T)));
    });
  const write = (path: string, data: string | Buffer): Promise<void> =>
    call((done) => files.writeFile(path, data, done));
  const read = (path: string): Promise<Buffer> => call((done) => files.readFile(path, done));
  const lstat = (path: string): Promise<Stats> => call((done) => files.lstat(path, done));

  test("writes and reads files, in the largest packets and many at once", async () => {
    const bytes = randomBytes(5_000_001);
    const handle = await call<Buffer>((done) => files.open(`${HOME}/large`, "w", 0o640, done));
    const chunk = 255 * 1024;
    const writes: Promise<void>[] = [];
    for (let at = 0; at < bytes.length; at += chunk) {
      const size = Math.min(chunk, bytes.length - at);
      writes.push(call((done) => files.write(handle, bytes, at, size, at, done)));
    }
    await Promise.all(writes);
    await call((done) => files.ext_openssh_fsync(handle, done));
    await call((done) => files.close(handle, done));
    expect(readFileSync(host.path(`${HOME}/large`)).equals(bytes)).toBe(true);
    const back = Buffer.alloc(bytes.length);
    await promisify(files.fastGet.bind(files))(`${HOME}/large`, join(region.directory, "large"));
    readFileSync(join(region.directory, "large")).copy(back);
    expect(back.equals(bytes)).toBe(true);
    const stats = await lstat(`${HOME}/large`);
    expect([stats.size, stats.mode & 0o777, stats.isFile()]).toEqual([bytes.length, 0o640, true]);
    const end = await call<Buffer>((done) => files.open(`${HOME}/large`, "r", done));
    // ssh2 tells the end of a file as nothing read.
    expect(await call((done) => files.read(end, Buffer.alloc(10), 0, 10, bytes.length, done))).toBe(0);
    await call((done) => files.close(end, done));
    await expect(call((done) => files.close(end, done))).rejects.toThrow("no such handle");
  });

  test("opens as it is told to", async () => {
    await write(`${HOME}/exclusive`, "one");
    await expect(call((done) => files.open(`${HOME}/exclusive`, "wx", done))).rejects.toMatchObject({
      code: 4,
    });
    await call((done) => files.appendFile(`${HOME}/exclusive`, " two", done));
    expect(String(await read(`${HOME}/exclusive`))).toBe("one two");
    await expect(read(`${HOME}/nothing`)).rejects.toMatchObject({ code: 2 });
  });

  test("renames: plainly only to a free name, the POSIX way over what is there", async () => {
    await write(`${HOME}/a`, "a");
    await write(`${HOME}/b`, "b");
    await expect(call((done) => files.rename(`${HOME}/a`, `${HOME}/b`, done))).rejects.toMatchObject({
      code: 4,
    });
    await call((done) => files.ext_openssh_rename(`${HOME}/a`, `${HOME}/b`, done));
    expect(String(await read(`${HOME}/b`))).toBe("a");
    await call((done) => files.rename(`${HOME}/b`, `${HOME}/c`, done));
    await expect(lstat(`${HOME}/b`)).rejects.toMatchObject({ code: 2 });
  });

  test("makes links of both kinds, and replaces one in a single step", async () => {
    await call((done) => files.mkdir(`${HOME}/versions`, { mode: 0o2755 } as never, done));
    await write(`${HOME}/versions/1`, "first");
    await call((done) => files.symlink("versions/1", `${HOME}/current`, done));
    expect(await call((done) => files.readlink(`${HOME}/current`, done))).toBe("versions/1");
    expect((await lstat(`${HOME}/current`)).isSymbolicLink()).toBe(true);
    expect(String(await read(`${HOME}/current`))).toBe("first");
    await write(`${HOME}/versions/2`, "second");
    await call((done) => files.symlink("versions/2", `${HOME}/.next`, done));
    await call((done) => files.ext_openssh_rename(`${HOME}/.next`, `${HOME}/current`, done));
    expect(String(await read(`${HOME}/current`))).toBe("second");
    await call((done) => files.ext_openssh_hardlink(`${HOME}/versions/1`, `${HOME}/hard`, done));
    expect(String(await read(`${HOME}/hard`))).toBe("first");
    expect(await call((done) => files.realpath(`${HOME}/current`, done))).toBe(`${HOME}/versions/2`);
    expect(await call((done) => files.realpath(".", done))).toBe(HOME);
    await call((done) => files.unlink(`${HOME}/current`, done));
    expect(String(await read(`${HOME}/versions/2`))).toBe("second");
  });

  test("lists directories, makes and removes them, changes modes and times and sizes", async () => {
    await call((done) => files.mkdir(`${HOME}/many`, done));
    await run(
      host,
      `cd ${isolation === "prefix" ? '"$ROOT_PREFIX"' : ""}${HOME}/many && i=0; while [ $i -lt 250 ]; do : >file$i; i=$((i + 1)); done`,
      "ec2-user",
    );
    const list = await call<{ filename: string; longname: string }[]>((done) =>
      files.readdir(`${HOME}/many`, done),
    );
    expect(list).toHaveLength(250);
    expect(list[0]?.longname).toMatch(/^-rw-r--r-- /u);
    await expect(call((done) => files.rmdir(`${HOME}/many`, done))).rejects.toMatchObject({ code: 4 });
    await write(`${HOME}/file`, "0123456789");
    await call((done) => files.chmod(`${HOME}/file`, 0o600, done));
    await call((done) => files.utimes(`${HOME}/file`, 1000, 2000, done));
    await call((done) => files.setstat(`${HOME}/file`, { size: 4 }, done));
    const stats = await lstat(`${HOME}/file`);
    expect([stats.mode & 0o777, stats.size]).toEqual([0o600, 4]);
  });

  test("tells how much room there is, and its limits", async () => {
    const room = await call<{ f_bsize: number; f_blocks: number; f_namemax: number }>((done) =>
      files.ext_openssh_statvfs(HOME, done as never),
    );
    expect(room.f_bsize * room.f_blocks).toBeGreaterThan(1e6);
    expect(room.f_namemax).toBe(255);
  });

  test("reaches what is mounted", async () => {
    const place = region.fileSystem("fs-0a");
    const at = isolation === "prefix" ? "$ROOT_PREFIX" : "";
    await run(
      host,
      `dnf install -qy amazon-efs-utils; mkdir ${at}/efs; mount -t efs -o tls fs-0a:/ /efs; mkdir ${at}/efs/models; chown ec2-user ${at}/efs/models`,
    );
    await write("/efs/models/file", "shared");
    expect(readFileSync(join(place, "models/file"), "utf8")).toBe("shared");
    await call((done) => files.symlink("file", "/efs/models/link", done));
    expect(await call((done) => files.realpath("/efs/models/link", done))).toBe("/efs/models/file");
    expect(String(await read("/efs/models/../models/link"))).toBe("shared");
    expect((await exec(client, "ls /efs/models && findmnt -no TARGET /efs/models/..")).out).toContain(
      "file\nlink\n",
    );
  });

  test("stays within the instance", async () => {
    writeFileSync(join(region.directory, "secret"), "secret");
    const up = `${HOME}/${"../".repeat(20)}${join(region.directory, "secret").slice(1)}`;
    await expect(read(up)).rejects.toMatchObject({ code: 2 });
    await call((done) => files.symlink(join(region.directory, "secret"), `${HOME}/out`, done));
    await expect(read(`${HOME}/out`)).rejects.toMatchObject({ code: 2 });
    await call((done) => files.symlink("../../../../../../../../../..", `${HOME}/up`, done));
    await expect(read(`${HOME}/up${join(region.directory, "secret")}`)).rejects.toMatchObject({ code: 2 });
    await call((done) => files.symlink("/etc/hostname", `${HOME}/name`, done));
    expect(String(await read(`${HOME}/name`))).toBe(`${SPEC.hostname}\n`);
    // A link from outside into the root's own place, as a deployment may leave one.
    mkdirSync(host.path("/var/lib/links"));
    symlinkSync("loop", host.path("/var/lib/links/loop"));
    await expect(read("/var/lib/links/loop")).rejects.toMatchObject({ code: 2 });
  });

  test.runIf(isolation === "namespaces")("may do what ec2-user may do", async () => {
    await expect(write("/etc/passwd", "x")).rejects.toMatchObject({ code: 3 });
    await expect(read("/opt/elasticbeanstalk/../../root/x")).rejects.toMatchObject({ code: 3 });
    await expect(call((done) => files.chown(`${HOME}/file`, 0, 0, done))).rejects.toMatchObject({ code: 3 });
    expect((await lstat(`${HOME}/file`)).uid).toBe(1000);
  });
});
