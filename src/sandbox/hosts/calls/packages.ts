/** A package of Amazon Linux 2023: its version, and what it draws in. */
interface Package {
  readonly version: string;
  readonly arch: "noarch" | "x86_64";
  readonly needs: readonly string[];
}

const AVAILABLE: Readonly<Record<string, Package>> = {
  "amazon-efs-utils": { version: "2.4.0-1.amzn2023", arch: "x86_64", needs: ["stunnel"] },
  stunnel: { version: "5.58-1.amzn2023.0.2", arch: "x86_64", needs: [] },
  "nfs-utils": { version: "2.5.4-2.rc3.amzn2023.0.3", arch: "x86_64", needs: [] },
  "nmap-ncat": { version: "7.93-3.amzn2023.0.1", arch: "x86_64", needs: [] },
  bash: { version: "5.2.15-1.amzn2023.0.2", arch: "x86_64", needs: [] },
  "util-linux": { version: "2.37.4-1.amzn2023.0.4", arch: "x86_64", needs: [] },
  sudo: { version: "1.9.15-1.p5.amzn2023.0.1", arch: "x86_64", needs: [] },
  "openssh-server": { version: "8.7p1-8.amzn2023.0.14", arch: "x86_64", needs: [] },
  "ec2-instance-connect": { version: "1.1-19.amzn2023", arch: "noarch", needs: [] },
  nodejs: { version: "20.20.2-1.amzn2023.0.1", arch: "x86_64", needs: [] },
  nginx: { version: "1.26.3-1.amzn2023.0.1", arch: "x86_64", needs: [] },
};

/** What an instance has from the start. */
export const PREINSTALLED: readonly string[] = Object.keys(AVAILABLE).filter(
  (name) => name !== "amazon-efs-utils" && name !== "stunnel",
);

/** A package that can be installed. */
export function packageNamed(name: string): Package | undefined {
  return AVAILABLE[name];
}

/** `name-version.arch`, as rpm writes it. */
export function fullName(name: string): string {
  const known = AVAILABLE[name];
  return known === undefined ? name : `${name}-${known.version}.${known.arch}`;
}
