/** What a request can be refused with. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {{ reason: string, message: string, hint?: string, headers?: Record<string, string> }} says
   */
  constructor(status, { reason, message, hint, headers = {} }) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.reason = reason;
    this.hint = hint;
    this.headers = headers;
  }

  /** The body of the answer. */
  get body() {
    return { error: { reason: this.reason, message: this.message, hint: this.hint } };
  }
}
