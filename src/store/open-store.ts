import { MARK, type StoreHost } from "./host.ts";
import { giveBack, LOCKED, type LockRequest } from "./lock.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { OPEN } from "./scripts/open.ts";
import { readManifest } from "./read-manifest.ts";
import { NONE_SEEN, type SeenManifests } from "./seen-manifests.ts";
import { factsOf, noCommands, surveyFrom, type Survey } from "./survey.ts";
import { type HostProgram, startProgram } from "./transfer/host-program.ts";

/** A store that a push begins with. */
export interface OpenedStore {
  readonly survey: Survey;
  /** Versions that may have just the wanted content, and the hash of theirs as far as their manifests begin with it. */
  readonly alike: ReadonlyMap<string, string | undefined>;
  /** What the attempt to take the lock brought; absent where none was made. */
  readonly lock?: string;
  /** What the newest versions and the current one have, the oldest first; only where the lock was taken. */
  readonly manifests: readonly Manifest[];
  /** Ready to receive; only where the lock was taken and the host can run it. */
  readonly program?: HostProgram;
}

export interface OpenStoreOptions {
  readonly root: string;
  readonly model: string;
  readonly lock: LockRequest;
  /** The first 8 hex digits of the content's hash, where it is known: a version that has them makes the lock unnecessary. */
  readonly content?: string;
  readonly signal: AbortSignal;
  /** What need not be told again. */
  readonly seen?: SeenManifests | undefined;
}

/** Milliseconds without a word: a file system that hangs takes a quarter of it. */
const SILENCE_MS = 60_000;

/** Looks at a store, takes the lock of the model and starts the program that receives, all in one. Rejects where none is mounted. */
export async function openStore(host: StoreHost, options: OpenStoreOptions): Promise<OpenedStore> {
  const { root, model, lock, content = "", seen = NONE_SEEN } = options;
  const had = seen.manifests.map(({ version }) => version).join(" ");
  const program = await startProgram(host, OPEN, [root, model, lock.token, lock.text, content, had]);
  try {
    const told = await listenTo(program, host.label, options.signal);
    if (!told.receives) program.channel.end();
    const manifests = await manifestsIn(told.lines, seen, (version) =>
      readManifest(host, root, model, version),
    );
    return openedStore(told, program, { label: host.label, root, manifests });
  } catch (error) {
    // It goes on over there, and may take the lock before it notices.
    await program.close();
    if (!program.isLost) await giveBack(host, { root, model }, lock).catch(() => undefined);
    throw error;
  }
}

/** What a host told, until it had no more to say or was ready to receive. */
interface Told {
  readonly lines: readonly string[];
  readonly receives: boolean;
}

function openedStore(
  { lines, receives }: Told,
  program: HostProgram,
  place: { readonly label: string; readonly root: string; readonly manifests: readonly Manifest[] },
): OpenedStore {
  const { label, root, manifests } = place;
  const facts = factsOf(lines.filter((line) => !line.startsWith("m ")).join("\n"));
  const survey = surveyFrom(label, root, { facts, receives, said: lines.join("\n") });
  const answer = facts.get("lock")?.join("\n");
  return {
    survey,
    alike: new Map(
      (facts.get("alike") ?? []).map((text) => {
        const [id = "", hash = ""] = text.split(" ");
        return [id, hash === "" ? undefined : hash];
      }),
    ),
    manifests,
    ...(answer === undefined ? {} : { lock: answer }),
    ...(receives ? { program } : {}),
  };
}

function listenTo(program: HostProgram, label: string, signal: AbortSignal): Promise<Told> {
  const lines: string[] = [];
  let marks = 0;
  return program.until<Told>({ signal, silence: SILENCE_MS }, (resolve, reject) => ({
    line(word, rest) {
      if (word === MARK) marks++;
      else lines.push(rest === "" ? word : `${word} ${rest}`);
      if (marks === 2) resolve({ lines, receives: lines.includes(`lock ${LOCKED}`) });
    },
    ended() {
      // Without an end it was cut off; a store that is not there has none.
      if (lines.some((line) => ["end", "root missing", "root hung"].includes(line)))
        resolve({ lines, receives: false });
      else reject(marks > 0 || program.isLost ? program.failure : noCommands(label, program.said));
    },
  }));
}

/** In the order in which they were told. One that is damaged is left out: nothing can be built on it, and `models verify` says so. */
async function manifestsIn(
  lines: readonly string[],
  seen: SeenManifests,
  read: (version: string) => Promise<Manifest | undefined>,
): Promise<readonly Manifest[]> {
  const found: (Manifest | undefined)[] = [];
  let text: string[] = [];
  let reading: string | undefined;
  const end = (): void => {
    if (reading !== undefined) found.push(seenNow(reading, `${text.join("\n")}\n`, seen));
    [reading, text] = [undefined, []];
  };
  for (const line of lines) {
    if (line.startsWith("m ")) {
      text.push(line.slice(2));
      continue;
    }
    end();
    const [word, id = "", content = "", bytes = ""] = line.split(" ");
    if (word === "manifest") reading = id;
    // Another store of the same name may have one of that id.
    else if (word === "same") found.push(seen.same(id, content, Number(bytes)) ?? (await read(id)));
  }
  end();
  return found.filter((manifest) => manifest !== undefined);
}

function seenNow(id: string, text: string, seen: SeenManifests): Manifest | undefined {
  try {
    const manifest = parseManifest(text);
    if (manifest.version !== id) return undefined;
    seen.saw(id, text);
    return manifest;
  } catch {
    return undefined;
  }
}
