/** What the sandbox knows of an instance type. */
export interface InstanceType {
  readonly name: string;
  readonly architecture: "x86_64" | "arm64";
  readonly vCpus: number;
  readonly memoryMiB: number;
  readonly burstable: boolean;
  readonly processor: string;
  readonly networkPerformance: string;
}

interface Family {
  readonly architecture: "x86_64" | "arm64";
  readonly processor: string;
  readonly burstable?: boolean;
  readonly network: string;
  /** Size -> [vCPUs, GiB]. */
  readonly sizes: Readonly<Record<string, readonly [number, number]>>;
}

const BURSTABLE: Family["sizes"] = {
  nano: [2, 0.5],
  micro: [2, 1],
  small: [2, 2],
  medium: [2, 4],
  large: [2, 8],
  xlarge: [4, 16],
  "2xlarge": [8, 32],
};

/** Sizes of a family without credits, `gib` per vCPU; Graviton families begin at `medium`. */
function sizes(gib: number, withMedium: boolean): Family["sizes"] {
  return {
    ...(withMedium ? { medium: [1, gib] as const } : {}),
    large: [2, 2 * gib],
    xlarge: [4, 4 * gib],
    "2xlarge": [8, 8 * gib],
    "4xlarge": [16, 16 * gib],
    "8xlarge": [32, 32 * gib],
  };
}

const { "8xlarge": _absent, ...upTo4 } = sizes(2, false);
const C5_SIZES: Family["sizes"] = { ...upTo4, "9xlarge": [36, 72] };

function intel(gib: number, network = "Up to 12.5 Gigabit"): Family {
  return { architecture: "x86_64", processor: "Intel", network, sizes: sizes(gib, false) };
}

function amd(gib: number): Family {
  return {
    architecture: "x86_64",
    processor: "AMD",
    network: "Up to 12.5 Gigabit",
    sizes: sizes(gib, false),
  };
}

function graviton(gib: number): Family {
  return { architecture: "arm64", processor: "AWS", network: "Up to 12.5 Gigabit", sizes: sizes(gib, true) };
}

const FAMILIES: Readonly<Record<string, Family>> = {
  t3: {
    architecture: "x86_64",
    processor: "Intel",
    burstable: true,
    network: "Up to 5 Gigabit",
    sizes: BURSTABLE,
  },
  t3a: {
    architecture: "x86_64",
    processor: "AMD",
    burstable: true,
    network: "Up to 5 Gigabit",
    sizes: BURSTABLE,
  },
  t4g: {
    architecture: "arm64",
    processor: "AWS",
    burstable: true,
    network: "Up to 5 Gigabit",
    sizes: BURSTABLE,
  },
  m5: intel(4, "Up to 10 Gigabit"),
  m6a: amd(4),
  m6g: graviton(4),
  m6i: intel(4),
  m7a: amd(4),
  m7g: graviton(4),
  m7i: intel(4),
  // The one family here whose larger sizes are of another series.
  c5: { ...intel(2, "Up to 10 Gigabit"), sizes: C5_SIZES },
  c6a: amd(2),
  c6g: graviton(2),
  c6i: intel(2),
  c7a: amd(2),
  c7g: graviton(2),
  c7i: intel(2),
  r5: intel(8, "Up to 10 Gigabit"),
  r6a: amd(8),
  r6g: graviton(8),
  r6i: intel(8),
  r7a: amd(8),
  r7g: graviton(8),
  r7i: intel(8),
};

/** Every instance type that the sandbox offers, in all zones alike. */
export const INSTANCE_TYPES: readonly InstanceType[] = Object.entries(FAMILIES).flatMap(([family, facts]) =>
  Object.entries(facts.sizes).map(([size, [vCpus, gib]]) => ({
    name: `${family}.${size}`,
    architecture: facts.architecture,
    vCpus,
    memoryMiB: gib * 1024,
    burstable: facts.burstable ?? false,
    processor: facts.processor,
    networkPerformance: facts.network,
  })),
);

/** The instance type of this name, if the sandbox offers it. */
export function findInstanceType(name: string): InstanceType | undefined {
  return INSTANCE_TYPES.find((type) => type.name === name);
}
