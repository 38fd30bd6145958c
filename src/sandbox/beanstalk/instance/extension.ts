import type { OptionSetting } from "../options/settings.ts";

/** A file that a configuration file writes. */
export interface ExtensionFile {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** A command of a configuration file: a line for the shell, or words. */
export interface ExtensionCommand {
  readonly name: string;
  readonly command: string | readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly test: string | undefined;
  readonly ignoreErrors: boolean;
  /** Only container commands know it. */
  readonly leaderOnly: boolean;
}

/** What one `.ebextensions/*.config` file asks for. */
export interface Extension {
  readonly file: string;
  readonly optionSettings: readonly OptionSetting[];
  readonly packages: readonly string[];
  readonly files: readonly ExtensionFile[];
  readonly commands: readonly ExtensionCommand[];
  readonly containerCommands: readonly ExtensionCommand[];
  /** Keys that Beanstalk knows and the sandbox leaves out: users, groups, sources, services, Resources. */
  readonly ignored: readonly string[];
}
