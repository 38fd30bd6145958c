import { availableParallelism, hostname } from "node:os";
import { isSecretArn } from "../aws/secret.js";

/**
 * What the environment's properties say, checked and completed. README.md lists them for their users.
 * @typedef {ReturnType<typeof readSettings>} Settings
 */

/**
 * Reads the settings from environment variables; throws one Error that names every value that can't be used.
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export function readSettings(environment) {
  /** @type {string[]} */
  const faults = [];

  /** @param {string} name @param {number} fallback @param {number} least @param {number} most */
  const number = (name, fallback, least, most) => {
    const text = environment[name]?.trim();
    if (!text) return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    faults.push(`${name} is ${JSON.stringify(text)}; it must be a number from ${least} to ${most}`);
    return fallback;
  };
  /** @param {string} name @param {number} fallback @param {number} least @param {number} most */
  const integer = (name, fallback, least, most) => Math.round(number(name, fallback, least, most));
  /** @param {string} name */
  const text = (name) => environment[name]?.trim() || undefined;

  /** @param {string} name @param {readonly string[]} choices the first one is the default */
  const choice = (name, choices) => {
    const value = text(name) ?? choices[0];
    if (value === undefined || choices.includes(value)) return value;
    faults.push(`${name} is ${JSON.stringify(value)}; it must be ${choices.join(" or ")}`);
    return choices[0];
  };

  const modelName = text("MODEL_NAME") ?? "bert";
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(modelName)) {
    faults.push(
      `MODEL_NAME is ${JSON.stringify(modelName)}; letters, digits, dots, dashes and underscores only`,
    );
  }

  const tokenSecret = text("BERTOPS_TOKEN_SECRET");
  if (tokenSecret !== undefined && !isSecretArn(tokenSecret)) {
    faults.push(
      `BERTOPS_TOKEN_SECRET is ${JSON.stringify(tokenSecret)}; it must be the ARN of a secret of Secrets Manager`,
    );
  }

  const settings = Object.freeze({
    port: integer("PORT", 8080, 0, 65_535),
    /** The proxy of Elastic Beanstalk is on the same machine, so nobody else needs to get in. */
    listen: text("LISTEN") ?? "127.0.0.1",
    instance: text("BERTOPS_INSTANCE") ?? hostname(),
    modelRoot: text("MODEL_ROOT") ?? "/efs/models",
    modelName,
    /** A prepared model directory itself; then the store is not looked at. */
    modelPath: text("MODEL_PATH"),
    /** Several are accepted at once, separated by commas, so that a token can be replaced without a gap. */
    tokens: (text("BERTOPS_TOKEN") ?? "")
      .split(",")
      .map((token) => token.trim())
      .filter((token) => token !== ""),
    /** A secret of Secrets Manager that holds a token. */
    tokenSecret,
    tokenMilliseconds: number("TOKEN_REFRESH_SECONDS", 300, 0.1, 86_400) * 1000,
    pollMilliseconds: integer("MODEL_POLL_MS", 1000, 50, 3_600_000),
    /** Put the old model away before the new one is loaded, also where there is memory for both. */
    switchAfterDraining: choice("MODEL_SWITCH", ["auto", "draining"]) === "draining",
    threads: integer("INFERENCE_THREADS", availableParallelism(), 1, 256),
    batchTokens: integer("BATCH_TOKENS", 256, 16, 65_536),
    joinBelowTokens: integer("JOIN_BELOW_TOKENS", 256, 0, 65_536),
    queueTokens: integer("QUEUE_TOKENS", 262_144, 512, 1e9),
    requestMilliseconds: number("REQUEST_TIMEOUT_SECONDS", 55, 0.1, 3600) * 1000,
    bodyMilliseconds: number("BODY_TIMEOUT_SECONDS", 30, 0.1, 3600) * 1000,
    drainMilliseconds: number("DRAIN_SECONDS", 25, 0, 3600) * 1000,
    maxBodyBytes: integer("MAX_BODY_BYTES", 4 * 1024 * 1024, 1024, 1024 ** 3),
    maxTexts: integer("MAX_TEXTS", 1024, 1, 1_000_000),
    maxRequestTokens: integer("MAX_REQUEST_TOKENS", 65_536, 16, 1e9),
    cacheBytes: number("CACHE_MB", 16, 0, 65_536) * 1024 * 1024,
    logHealth: text("LOG_HEALTH") === "1",
  });

  if (faults.length > 0) throw new Error(faults.join("; "));
  return settings;
}
