import { ONE, type Outcome } from "../hosts/host.ts";
import { answerOf } from "../hosts/run.ts";
import type { VmHost } from "./vm-host.ts";

/** A service on another client of the file system: a host name, network and NFS client of its own. */
export interface SecondClient {
  /** Waits until it has loaded that many models; resolves to what it says of the last of them. To be asked before the push. */
  loads(count: number): Promise<Loaded>;
  /** Asks `/sim`; the answer with its headers. */
  similarity(body: object): Promise<{ headers: string; body: any }>;
  /** What it wrote, line by line. */
  log(): Promise<readonly string[]>;
}

/** A model that the service has loaded and answers with. */
export interface Loaded {
  readonly version: string;
  /** Seconds since 1970. */
  readonly at: number;
  /** Seconds that loading took, without noticing it. */
  readonly took: number;
}

/** Pushes a model to the store through the first client; resolves to its version. */
export async function pushModel(vm: VmHost, directory: string): Promise<string> {
  const words = ["push-model", directory, "--model", "bert", "--host", `ec2-user@${vm.name}`, ...vm.login];
  const outcome = await vm.bertops([...words, "--json"], { limit: 280_000 });
  const answer = answerOf(outcome);
  if (answer["ok"] !== true || answer["active"] !== true) throw new Error(outcome.stdout + outcome.stderr);
  return String(answer["version"]);
}

/** When the model's current version got its name, in seconds since 1970: the link is made just before it is renamed. */
export async function publishedAt(vm: VmHost): Promise<number> {
  return Number((await vm.root("stat -c %.Y /efs/models/bert/current")).stdout);
}

/** Starts the template's service on a second client, with these further options of its mount. */
export async function startSecondClient(vm: VmHost, mountOptions = ""): Promise<SecondClient> {
  await vm.region("client client2 10.77.0.202");
  const inside = async (script: string): Promise<Outcome> =>
    vm.root(`/payload/region inside client2 /bin/bash -e <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`);
  const started = await inside(`
    mkdir -p /mnt/client
    mount -t nfs4 -o nfsvers=4.1,rsize=1048576,wsize=1048576,hard,noresvport${mountOptions} ${ONE.address}:/ /mnt/client
    cd /payload/app
    MODEL_ROOT=/mnt/client/models MODEL_NAME=bert PORT=8080 setsid /payload/node server.js </dev/null >/var/log/service 2>&1 &`);
  if (started.code !== 0) throw new Error(`the second client: ${started.stderr}`);
  return {
    async loads(count) {
      // It waits where the service is, for lines: looking again and again would take the processor from what is waited for.
      const { stdout } = await inside(
        `grep -m ${count} '"a model is loaded"' <(tail -n +1 -F /var/log/service 2>/dev/null) | tail -n 1`,
      );
      const { version, time, milliseconds } = JSON.parse(stdout);
      return { version, at: Date.parse(time) / 1000, took: milliseconds / 1000 };
    },
    async similarity(body) {
      const { stdout } = await inside(
        `curl -s -m 60 -H 'content-type: application/json' -d '${JSON.stringify(body)}' -D - http://127.0.0.1:8080/sim`,
      );
      const [headers = "", answer = ""] = stdout.split(/\r?\n\r?\n/u);
      return { headers, body: JSON.parse(answer) };
    },
    log: async () => (await vm.root("cat /var/log/service")).stdout.trim().split("\n"),
  };
}
