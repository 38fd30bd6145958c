import { posix } from "node:path";

/** A file system that an instance has mounted. */
export interface Mount {
  readonly fileSystemId: string;
  /** Which directory of this machine it is. */
  readonly directory: string;
  /** The mount point, as the instance names it. */
  readonly target: string;
  /** What the kernel would show: behind the proxy of `tls` every source is `127.0.0.1:/`. */
  readonly source: string;
  readonly type: "nfs4";
  readonly options: readonly string[];
  /** The file that mount.efs leaves about a mount through its proxy. */
  readonly stateFile?: string;
}

/** A line of the table that programs read, with the root file system first. */
export interface Line {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

const ROOT: Line = {
  source: "/dev/nvme0n1p1",
  target: "/",
  type: "xfs",
  options: "rw,noatime,seclabel,attr2,inode64,logbufs=8,logbsize=32k,sunit=1024,swidth=1024,noquota".split(
    ",",
  ),
};

/** What is mounted in one instance, in the order in which it was. */
export class MountTable {
  #mounts: Mount[] = [];

  get mounts(): readonly Mount[] {
    return this.#mounts;
  }

  get lines(): readonly Line[] {
    return [ROOT, ...this.#mounts];
  }

  /** The mount at exactly this mount point; the last one if there are several. */
  at(target: string): Mount | undefined {
    const path = posix.normalize(target).replace(/(?<=.)\/$/u, "");
    return this.#mounts.findLast((mount) => mount.target === path);
  }

  /** The mount that holds this path, if it is not the root file system. */
  holding(path: string): Mount | undefined {
    const normal = posix.normalize(path);
    return this.#mounts
      .filter((mount) => normal === mount.target || normal.startsWith(`${mount.target}/`))
      .toSorted((one, other) => other.target.length - one.target.length)[0];
  }

  /** The line of what holds this path. */
  lineHolding(path: string): Line {
    return this.holding(path) ?? ROOT;
  }

  add(mount: Mount): void {
    this.#mounts.push(mount);
  }

  remove(mount: Mount): void {
    this.#mounts = this.#mounts.filter((each) => each !== mount);
  }

  clear(): void {
    this.#mounts = [];
  }
}
