import { storeHost } from "../../src/operations/hosts/store-host.ts";
import { connect } from "../../src/ssh/connect.ts";
import { credentials } from "../../src/ssh/credentials.ts";
import { knownHostsFiles } from "../../src/ssh/known-hosts-files.ts";
import { keyNamesOf } from "../../src/ssh/target.ts";
import { hostTrust } from "../../src/ssh/trust.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { recorder, scriptedAsk } from "../ssh/voice.ts";
import type { Sshd } from "../ssh/sshd.ts";

/** Logs in to a test's sshd. */
export async function dialSshd(sshd: Sshd): Promise<StoreHost> {
  const ask = scriptedAsk({});
  const connection = await connect(
    {
      host: "127.0.0.1",
      port: sshd.port,
      user: sshd.user,
      label: "store host",
      keyNames: keyNamesOf("127.0.0.1", sshd.port),
      identities: [sshd.identity],
      jumps: [],
    },
    {
      trust: hostTrust({
        knownHosts: knownHostsFiles({ read: [sshd.knownHosts], write: sshd.knownHosts }),
        ask,
        emit: recorder().emit,
      }),
      credentials: credentials({ ask, emit: recorder().emit, home: sshd.directory }),
      signal: new AbortController().signal,
      timeout: 10_000,
    },
  );
  return storeHost(connection);
}
