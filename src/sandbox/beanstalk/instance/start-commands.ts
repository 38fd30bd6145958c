/** A process that an application consists of. */
export interface StartCommand {
  /** `web` is the one that the proxy talks to. */
  readonly name: string;
  /** A line for the shell. */
  readonly command: string;
}

/** What decides how an application is started. */
export interface StartFiles {
  readonly procfile: string | undefined;
  readonly packageJson: string | undefined;
  readonly hasAppJs: boolean;
  readonly hasServerJs: boolean;
}

const PROCFILE_LINE = /^(?<name>[A-Za-z0-9_-]+):\s*(?<command>\S.*)$/u;

/** The processes of a Procfile. Throws where a line is none. */
export function parseProcfile(source: string): StartCommand[] {
  return source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const { name, command } = PROCFILE_LINE.exec(line)?.groups ?? {};
      if (name === undefined || command === undefined) {
        throw new Error(`Procfile could not be parsed: '${line}'`);
      }
      return { name, command };
    });
}

function hasStartScript(packageJson: string | undefined): boolean {
  if (packageJson === undefined) {
    return false;
  }
  const parsed: unknown = JSON.parse(packageJson);
  const scripts: unknown =
    typeof parsed === "object" && parsed !== null && "scripts" in parsed ? parsed.scripts : {};
  return typeof scripts === "object" && scripts !== null && "start" in scripts;
}

/** How the Node.js platform starts an application: Procfile, `npm start`, app.js, server.js. Throws where it can't. */
export function startCommands(files: StartFiles): StartCommand[] {
  if (files.procfile !== undefined) {
    return parseProcfile(files.procfile);
  }
  if (hasStartScript(files.packageJson)) {
    return [{ name: "web", command: "npm start" }];
  }
  if (files.hasAppJs) {
    return [{ name: "web", command: "node app.js" }];
  }
  if (files.hasServerJs) {
    return [{ name: "web", command: "node server.js" }];
  }
  throw new Error(
    "Instance deployment failed to generate a 'Procfile' for Node.js. Provide one of these files: 'package.json', 'server.js', or 'app.js'. The deployment failed.",
  );
}
