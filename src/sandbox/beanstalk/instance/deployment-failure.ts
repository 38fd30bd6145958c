/** A deployment failed on an instance: what it did, and what came of it. */
export class DeploymentFailure extends Error {
  override readonly name = "DeploymentFailure";
  /** What the failing command or hook said. */
  readonly output: string;

  constructor(message: string, output = "") {
    super(message);
    this.output = output;
  }
}
