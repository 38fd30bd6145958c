/** Writes standard input to a file of an upload. Arguments: root, model, version, name. */
export const WRITE = String.raw`
umask 022
cat >"$1/$2/.incoming/$3/$4" || exit 4
`;
