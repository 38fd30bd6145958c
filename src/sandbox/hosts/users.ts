/** A user of an instance, as Beanstalk's Node.js platform on Amazon Linux 2023 has them. */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** The users that matter to a deployment, and those whose names a script may look up. */
export const USERS: readonly User[] = [
  { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/bash" },
  { name: "nobody", uid: 65_534, gid: 65_534, home: "/", shell: "/sbin/nologin" },
  { name: "webapp", uid: 900, gid: 900, home: "/home/webapp", shell: "/bin/bash" },
  { name: "ec2-user", uid: 1000, gid: 1000, home: "/home/ec2-user", shell: "/bin/bash" },
];

/** Groups and who is in them besides those whose own group it is. */
export const GROUPS: readonly {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}[] = [
  { name: "root", gid: 0, members: [] },
  { name: "adm", gid: 4, members: ["ec2-user"] },
  { name: "tty", gid: 5, members: [] },
  { name: "wheel", gid: 10, members: ["ec2-user"] },
  { name: "systemd-journal", gid: 190, members: ["ec2-user"] },
  { name: "webapp", gid: 900, members: [] },
  { name: "ec2-user", gid: 1000, members: [] },
  { name: "nobody", gid: 65_534, members: [] },
];

/** The group whose members may use sudo without a password. */
export const SUDOERS_GID = 10;

/** The user of this name; an error names those that exist. */
export function userNamed(name: string): User {
  const user = USERS.find((each) => each.name === name);
  if (user === undefined) {
    throw new Error(`An instance has no user '${name}', only ${USERS.map((each) => each.name).join(", ")}.`);
  }
  return user;
}

/** The name that a uid has inside an instance, or the number itself. */
export function userNameOf(uid: number): string {
  return USERS.find((each) => each.uid === uid)?.name ?? String(uid);
}

/** The text of /etc/passwd. */
export function passwdText(): string {
  return USERS.map((user) => `${user.name}:x:${user.uid}:${user.gid}::${user.home}:${user.shell}\n`).join("");
}

/** The text of /etc/group. */
export function groupText(): string {
  return GROUPS.map((group) => `${group.name}:x:${group.gid}:${group.members.join(",")}\n`).join("");
}
