import { fail } from "./call.ts";
import type { Program } from "./call.ts";

/** reboot and `shutdown -r`; halting is not emulated. */
export const reboot: Program = (call, inside, voice) => {
  if (call.user !== "root") {
    return fail(voice, "Failed to set wall message, ignoring: Interactive authentication required.");
  }
  if (call.program === "poweroff" || (call.program === "shutdown" && !call.words.includes("-r"))) {
    return fail(
      voice,
      `${call.program}: this sandbox reboots instances (shutdown -r now) but can't stop them`,
    );
  }
  inside.scheduleReboot();
  return 0;
};
