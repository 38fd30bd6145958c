import { expect, test } from "vitest";
import { parseOptions } from "../../../src/sandbox/hosts/calls/options.ts";
import { parseEfsRequest } from "../../../src/sandbox/hosts/mounts/efs-request.ts";
import { parseFstab } from "../../../src/sandbox/hosts/mounts/fstab.ts";

const SPEC = { flags: { n: "noheadings", r: "raw" }, values: { o: "output", M: "mountpoint" } };

test("takes options apart as getopt_long does", () => {
  const { flags, values, operands } = parseOptions(
    ["-nro", "SOURCE", "/efs", "--mountpoint=/mnt", "-oTARGET", "--", "-x"],
    SPEC,
  );
  expect([...flags]).toEqual(["noheadings", "raw"]);
  expect(Object.fromEntries(values)).toEqual({ output: ["SOURCE", "TARGET"], mountpoint: ["/mnt"] });
  expect(operands).toEqual(["/efs", "-x"]);
  expect(parseOptions(["-nz"], SPEC).unknown).toBe("-z");
  expect(parseOptions(["--none"], SPEC).unknown).toBe("--none");
});

test("reads fstab", () => {
  const lines = parseFstab("# x\n\nUUID=1 / xfs defaults 1 1\nfs-0a:/ /a\\040b efs tls,nofail\nbroken\n");
  expect(lines).toEqual([
    { source: "UUID=1", target: "/", type: "xfs", options: ["defaults"] },
    { source: "fs-0a:/", target: "/a b", type: "efs", options: ["tls", "nofail"] },
  ]);
});

test("reads what mount.efs is asked for", () => {
  const ask = (source: string, options = ""): unknown =>
    parseEfsRequest(source, options.split(","), { regionName: "r-1" });
  expect(ask("fs-0a")).toMatchObject({
    fileSystemId: "fs-0a",
    subdirectory: "/",
    dnsName: "fs-0a.efs.r-1.amazonaws.com",
  });
  expect(ask("fs-0a.efs.eu-west-1.amazonaws.com:/x", "tls,region=eu-west-1")).toMatchObject({
    fileSystemId: "fs-0a",
    subdirectory: "/x",
    tls: true,
    dnsName: "fs-0a.efs.eu-west-1.amazonaws.com",
  });
  expect(ask("server:/x")).toContain("Invalid file system name: server");
  expect(ask("fs-0a:/x", "tls,accesspoint=fsap-1")).toContain("access point");
  expect(ask("fs-0a", "accesspoint=fsap-1")).toContain(`The "tls" option is required`);
});
