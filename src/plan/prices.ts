/** Where the prices come from. They are typed in by hand and say so; a bill decides. */
export const PRICES_SOURCE = "AWS price pages, us-east-1, on demand, mid 2026";

export const HOURS_PER_MONTH = 730;

/** US dollars an hour for the size `large` of a family; the other sizes follow by halves and doubles. */
const LARGE_PER_HOUR: Readonly<Record<string, number>> = {
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m5: 0.096,
  m6i: 0.096,
  m6a: 0.0864,
  m6g: 0.077,
  m7i: 0.1008,
  "m7i-flex": 0.09576,
  m7a: 0.11592,
  m7g: 0.0816,
  m8g: 0.08976,
  c5: 0.085,
  c6i: 0.085,
  c6a: 0.0765,
  c6g: 0.068,
  c7i: 0.08925,
  "c7i-flex": 0.08479,
  c7a: 0.10264,
  c7g: 0.0725,
  c8g: 0.07976,
  r5: 0.126,
  r6i: 0.126,
  r6g: 0.1008,
  r7i: 0.1323,
  r7g: 0.1071,
};

const SIZE: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
  "2xlarge": 4,
  "4xlarge": 8,
  "8xlarge": 16,
  "12xlarge": 24,
  "16xlarge": 32,
  "24xlarge": 48,
};

/** US dollars an hour for an instance type; undefined where bertops does not know it. */
export function instancePerHour(instanceType: string): number | undefined {
  const [family = "", size = ""] = instanceType.split(".");
  const large = LARGE_PER_HOUR[family];
  const factor = SIZE[size];
  return large === undefined || factor === undefined ? undefined : large * factor;
}

/** Application load balancer, an hour; its capacity units come on top. */
export const BALANCER_PER_HOUR = 0.0225;
/** One public IPv4 address, an hour. */
export const ADDRESS_PER_HOUR = 0.005;
/** gp3, a gigabyte and month. */
export const VOLUME_PER_GB = 0.08;
/** EFS Standard, a gigabyte and month. */
export const EFS_PER_GB = 0.3;
/** EFS elastic throughput, a gigabyte read. */
export const EFS_READ_PER_GB = 0.03;
/** EFS elastic throughput, a gigabyte written. */
export const EFS_WRITE_PER_GB = 0.06;
