import { lstatSync, existsSync } from "node:fs";
import { posix } from "node:path";
import { GROUPS, USERS } from "../users.ts";
import type { User } from "../users.ts";
import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import { parseOptions } from "./options.ts";

const ID = {
  flags: { u: "user", g: "group", G: "groups", n: "name", r: "real", z: "zero", Z: "context" },
  values: {},
};
const CHOWN = {
  flags: {
    R: "recursive",
    f: "silent",
    h: "no-dereference",
    v: "verbose",
    c: "changes",
    H: "H",
    L: "L",
    P: "P",
  },
  values: { "1": "reference", "2": "from" },
};

/** id, whoami, logname and groups, where one real uid stands behind all user names. */
export const identity: Program = (call, _inside, voice) => {
  const { flags, operands } = parseOptions(call.words, ID);
  const name = operands[0] ?? call.user;
  const user = USERS.find((each) => each.name === name || String(each.uid) === name);
  if (user === undefined) return fail(voice, `${call.program}: ‘${name}’: no such user`);
  if (call.program === "whoami" || call.program === "logname") {
    voice.out(user.name);
    return 0;
  }
  const groups = groupsOf(user);
  const named = flags.has("name");
  if (call.program === "groups") voice.out(groups.map((group) => group.name).join(" "));
  else if (flags.has("groups")) voice.out(groups.map((group) => (named ? group.name : group.gid)).join(" "));
  else if (flags.has("group")) voice.out(named ? (groups[0]?.name ?? "") : String(user.gid));
  else if (flags.has("user")) voice.out(named ? user.name : String(user.uid));
  else {
    const list = groups.map((group) => `${group.gid}(${group.name})`);
    voice.out(`uid=${user.uid}(${user.name}) gid=${list[0] ?? ""} groups=${list.join(",")}`);
  }
  return 0;
};

/** chown and chgrp, where nothing can change hands: they check names and paths, and leave files as they are. */
export const ownership: Program = (call, inside, voice) => {
  const { values, operands } = parseOptions(call.words, CHOWN);
  const [owner = "", ...paths] = values.has("reference") ? ["", ...operands] : operands;
  if (paths.length === 0) return fail(voice, `${call.program}: missing operand`);
  const [user = "", group = ""] = call.program === "chgrp" ? ["", owner] : owner.split(/[:.]/u);
  const strangeUser = user !== "" && !/^\d+$/u.test(user) && !USERS.some((each) => each.name === user);
  const strangeGroup = group !== "" && !/^\d+$/u.test(group) && !GROUPS.some((each) => each.name === group);
  if (strangeUser || strangeGroup) {
    return fail(voice, `${call.program}: invalid ${strangeUser ? "user" : "group"}: ‘${owner}’`);
  }
  let code = 0;
  for (const path of paths) {
    const place = inside.path(posix.resolve(call.directory, path));
    if (!existsSync(place) && lstatSync(place, { throwIfNoEntry: false }) === undefined) {
      code = fail(voice, `${call.program}: cannot access '${path}': No such file or directory`);
    } else if (
      call.user !== "root" &&
      user !== "" &&
      user !== call.user &&
      user !== String(uidOf(call.user))
    ) {
      code = fail(voice, `${call.program}: changing ownership of '${path}': Operation not permitted`);
    }
  }
  return code;
};

/** hostname, where nothing else tells instances apart. */
export const hostname: Program = (call, inside, voice) => {
  const word = call.words[0];
  if (word === "-I" || word === "-i") voice.out(inside.spec.privateIp);
  else if (word === "-s") voice.out(inside.spec.hostname.split(".")[0] ?? "");
  else voice.out(inside.spec.hostname);
  return 0;
};

function groupsOf(user: User): { name: string; gid: number }[] {
  const own = GROUPS.filter((group) => group.gid === user.gid);
  return [...own, ...GROUPS.filter((group) => group.gid !== user.gid && group.members.includes(user.name))];
}

function uidOf(name: string): number | undefined {
  return USERS.find((each) => each.name === name)?.uid;
}
