/** Finds the interpreter in `$python`. A shim of pyenv, asdf or mise takes ten programs to start what the system has, too. */
export const PYTHON = String.raw`
python=python3
case $(command -v python3) in
  */shims/*) [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3 ;;
esac
`;
