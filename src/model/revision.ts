/** Raised whenever the same model would be prepared into other bytes, so that kept results of older versions are not used. */
export const PREPARED_REVISION = 3;
