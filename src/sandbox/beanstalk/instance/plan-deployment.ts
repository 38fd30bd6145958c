import { CURRENT, STAGING, type DeploymentStep } from "./deployment-step.ts";
import type { Extension } from "./extension.ts";

/** What an instance is to do: take a bundle, take new environment properties, or start its application anew. */
export type DeploymentKind = "application" | "configuration" | "restart";

/** The steps on one instance, in Beanstalk's order. Only one instance of an environment is the leader. */
export function planDeployment(
  kind: DeploymentKind,
  { extensions, leader }: { readonly extensions: readonly Extension[]; readonly leader: boolean },
): DeploymentStep[] {
  switch (kind) {
    case "restart":
      return [{ do: "stop" }, { do: "start" }];
    case "configuration":
      return [
        { do: "write-properties" },
        { do: "hooks", directory: "confighooks", stage: "prebuild", cwd: CURRENT },
        { do: "hooks", directory: "confighooks", stage: "predeploy", cwd: CURRENT },
        { do: "stop" },
        { do: "start" },
        { do: "hooks", directory: "confighooks", stage: "postdeploy", cwd: CURRENT },
      ];
    case "application":
      return [
        { do: "write-properties" },
        { do: "unpack" },
        ...extensions.flatMap((extension) => prebuildOf(extension)),
        { do: "hooks", directory: "hooks", stage: "prebuild", cwd: STAGING },
        { do: "install-dependencies" },
        ...extensions.flatMap((extension) => containerCommandsOf(extension, leader)),
        { do: "hooks", directory: "hooks", stage: "predeploy", cwd: STAGING },
        { do: "stop" },
        { do: "switch" },
        { do: "start" },
        { do: "hooks", directory: "hooks", stage: "postdeploy", cwd: CURRENT },
      ];
  }
}

function prebuildOf(extension: Extension): DeploymentStep[] {
  return [
    ...(extension.packages.length > 0
      ? [{ do: "install-packages" as const, names: extension.packages }]
      : []),
    ...extension.files.map((file) => ({ do: "write-file" as const, file })),
    ...extension.commands.map((command) => ({ do: "command" as const, from: extension.file, command })),
  ];
}

function containerCommandsOf(extension: Extension, leader: boolean): DeploymentStep[] {
  return extension.containerCommands
    .filter((command) => leader || !command.leaderOnly)
    .map((command) => ({ do: "container-command", from: extension.file, command }));
}
