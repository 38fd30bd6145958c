import { CHECKSUM_NAMES } from "./checksum.ts";
import type { Checksum, ChecksumName } from "./state.ts";

/** The members of requests and answers that hold a checksum. */
export interface ChecksumMembers {
  ChecksumCRC32?: string | undefined;
  ChecksumCRC32C?: string | undefined;
  ChecksumCRC64NVME?: string | undefined;
  ChecksumSHA1?: string | undefined;
  ChecksumSHA256?: string | undefined;
}

/** The checksum that a request gives, if it gives one. */
export function givenChecksum(members: ChecksumMembers): { name: ChecksumName; value: string } | undefined {
  for (const name of CHECKSUM_NAMES) {
    const value = members[`Checksum${name}`];
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

/** A checksum as the member of an answer, with its type. */
export function showChecksum(
  checksum: Checksum | undefined,
): ChecksumMembers & { ChecksumType?: Checksum["type"] } {
  if (!checksum) return {};
  return { [`Checksum${checksum.name}`]: checksum.value, ChecksumType: checksum.type };
}

/** The checksum's name that a request's algorithm means; unknown ones mean none. */
export function checksumName(algorithm: string | undefined): ChecksumName | undefined {
  return CHECKSUM_NAMES.find((name) => name === algorithm);
}
