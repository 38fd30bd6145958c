/** What `bertops.yaml` means once it is read, checked and completed with defaults, flags and environment variables. */
export interface Config {
  /** The file it came from; absent where every value came from flags and defaults. */
  readonly file?: string;
  /** The directory of `bertops.yaml`, which relative paths start from. */
  readonly directory: string;
  /** The application's and, unless `--env` says otherwise, the environment's name. */
  readonly name: string;
  readonly environmentName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly service: ServiceConfig;
  readonly fileSystem: FileSystemConfig;
  readonly model: ModelConfig;
  readonly ssh: SshConfig;
  readonly network: NetworkConfig;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ServiceConfig {
  /** The application's directory, absolute. */
  readonly directory: string;
  /** A platform branch, as `Node.js 24 running on 64bit Amazon Linux 2023`. */
  readonly platform: string;
  readonly instanceType: string;
  readonly instances: { readonly min: number; readonly max: number };
  /** Gigabytes of the root volume. */
  readonly volumeSize: number;
  /** Further environment properties. Secrets belong into Secrets Manager or SSM, by ARN. */
  readonly environment: Readonly<Record<string, string>>;
  /** The ARN of a secret that holds the bearer token. */
  readonly tokenSecret?: string;
}

export interface FileSystemConfig {
  /** An existing file system to use instead of creating one. */
  readonly id?: string;
  readonly mountPoint: string;
  readonly throughput: "elastic" | "bursting";
  readonly backup: boolean;
  /** Bytes that the store may hold at most. */
  readonly quota?: number;
}

export interface ModelConfig {
  /** The model's name in the store: `/efs/models/NAME`. */
  readonly name: string;
  readonly pooling: "cls" | "mean";
  readonly precision: "fp32" | "int8" | "int8-row";
}

export interface SshConfig {
  readonly user: string;
  readonly port: number;
  /** The EC2 key pair's name, for instances that do not take Instance Connect keys. */
  readonly keyPair?: string;
  readonly identity?: string;
  readonly knownHosts?: string;
  readonly jump?: string;
  /** Who may reach port 22: the caller's own address, nobody, or these networks. */
  readonly admit: "caller" | "none" | readonly string[];
}

export interface NetworkConfig {
  readonly vpcId?: string;
  readonly subnets?: readonly string[];
}
