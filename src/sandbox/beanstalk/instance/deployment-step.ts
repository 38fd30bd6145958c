import type { ExtensionCommand, ExtensionFile } from "./extension.ts";

/** The three moments at which a bundle's own scripts run. */
export type HookStage = "prebuild" | "predeploy" | "postdeploy";

/** One thing that a deployment does on an instance. */
export type DeploymentStep =
  | { readonly do: "unpack" }
  | { readonly do: "install-packages"; readonly names: readonly string[] }
  | { readonly do: "write-file"; readonly file: ExtensionFile }
  | { readonly do: "command"; readonly from: string; readonly command: ExtensionCommand }
  | { readonly do: "container-command"; readonly from: string; readonly command: ExtensionCommand }
  | {
      readonly do: "hooks";
      readonly directory: "hooks" | "confighooks";
      readonly stage: HookStage;
      readonly cwd: string;
    }
  | { readonly do: "install-dependencies" }
  | { readonly do: "write-properties" }
  | { readonly do: "stop" }
  | { readonly do: "switch" }
  | { readonly do: "start" };

/** Where a bundle is unpacked and prepared. */
export const STAGING = "/var/app/staging";
/** Where it runs. */
export const CURRENT = "/var/app/current";
