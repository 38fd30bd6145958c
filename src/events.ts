/**
 * What an operation tells while it works. Operations emit these values; only `report/` turns them into text,
 * so an operation can be run in a test, in `--json` or on a terminal without knowing which.
 */
export type Event =
  | StepEvent
  | ProgressEvent
  | FileEvent
  | { readonly type: "note"; readonly message: string }
  | { readonly type: "warning"; readonly message: string; readonly hint?: string }
  | { readonly type: "detail"; readonly message: string }
  | {
      /** An event that Elastic Beanstalk wrote about the environment. */
      readonly type: "environment-event";
      readonly at: Date;
      readonly severity: string;
      readonly message: string;
    };

/** One step of the work begins, ends, is not needed or fails. The same `id` joins the events of a step. */
export interface StepEvent {
  readonly type: "step";
  readonly id: string;
  readonly state: "started" | "done" | "unchanged" | "failed";
  /** What the step does, in the imperative: `create file system demo`. */
  readonly label: string;
  /** What came of it: an id, a count, a reason. */
  readonly detail?: string;
}

/** How far a long step is. `total` is absent where it is not known. */
export interface ProgressEvent {
  readonly type: "progress";
  readonly id: string;
  readonly label: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: "bytes" | "files" | "instances";
  /** SSH connections at work. */
  readonly connections?: number;
  /** Bytes that needn't travel, beside `total`. */
  readonly reused?: number;
  /** Free words for the end of the line. */
  readonly detail?: string;
}

/** What a push does for one file of a model. */
export interface FileEvent {
  readonly type: "file";
  /** Relative to the model's directory. */
  readonly path: string;
  readonly bytes: number;
  /** How many of them travel. */
  readonly bytesToSend: number;
  /** `linked`: an older version has it. `built`: partly from what is on the host. `kept`: it arrived before. */
  readonly how: "linked" | "kept" | "built" | "sent";
}

export type Emit = (event: Event) => void;

/** Questions are asked through this; without a terminal a missing answer is an error that names the flag. */
export interface Ask {
  /** Resolves to true or false; `flag` is what answers it without a terminal (`--yes`). */
  confirm(question: { message: string; flag: string }): Promise<boolean>;
  /** Resolves when the person typed `expected`, to false when they typed something else. */
  typed(question: { message: string; expected: string; flag: string }): Promise<boolean>;
  /** Is there a person to ask? */
  readonly interactive: boolean;
  /** A secret that is not echoed: a key's passphrase. */
  secret(question: { message: string; flag: string }): Promise<string>;
  /** The index of one of several choices; undefined without a terminal, since only the caller knows what to say then. */
  readonly choose: (question: {
    message: string;
    choices: readonly string[];
    flag: string;
  }) => Promise<number | undefined>;
}
