/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** More texts than this make a matrix that nobody can read. */
const MOST_IN_MATRIX = 60;

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function element(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${id}`);
}

const form = element("question", HTMLFormElement);
const target = element("target", HTMLInputElement);
const texts = element("texts", HTMLTextAreaElement);
const token = element("token", HTMLInputElement);
const tokenField = element("token-field", HTMLElement);
const compare = element("compare", HTMLButtonElement);
const message = element("message", HTMLElement);
const bars = element("bars", HTMLOListElement);
const matrix = element("matrix", HTMLElement);
const timing = element("timing", HTMLElement);
const model = element("model", HTMLElement);
const curl = element("curl", HTMLElement);

/** @typedef {{ target: string, texts: string[] }} Question */

/** @returns {Question} */
function question() {
  const lines = texts.value.split("\n").map((line) => line.trim());
  return { target: target.value, texts: lines.filter((line) => line !== "") };
}

/** Only the newest question's answer is shown. */
let latest = 0;

async function ask() {
  const turn = ++latest;
  const asked = question();
  const wantsMatrix = new FormData(form).get("view") === "matrix";
  message.textContent = "";
  timing.textContent = "";
  compare.disabled = true;
  const start = performance.now();
  try {
    const answer = wantsMatrix ? await post("embed", everything(asked)) : await post("sim", asked);
    if (turn !== latest) return;
    if (wantsMatrix) showMatrix([asked.target, ...asked.texts], answer.body.embeddings);
    else showBars(answer.body.context);
    bars.hidden = wantsMatrix;
    matrix.hidden = !wantsMatrix;
    const { model: name, version, instance } = answer;
    const milliseconds = Math.round(performance.now() - start);
    timing.textContent = `${name} ${version}, from ${instance}, in ${milliseconds} ms${cutNote(answer.body)}`;
    model.textContent = `${name} ${version}`;
  } catch (error) {
    if (turn !== latest) return;
    bars.replaceChildren();
    matrix.replaceChildren();
    message.textContent = error instanceof Error ? error.message : String(error);
  } finally {
    if (turn === latest) compare.disabled = false;
  }
}

/** @param {Question} asked */
function everything(asked) {
  const all = [asked.target, ...asked.texts];
  if (all.length > MOST_IN_MATRIX) throw new Error(`A matrix shows at most ${MOST_IN_MATRIX - 1} texts.`);
  return { texts: all, normalize: true };
}

/** @param {string} path @param {unknown} body */
async function post(path, body) {
  /** @type {Record<string, string>} */
  const headers = { "content-type": "application/json" };
  if (token.value !== "") headers.authorization = `Bearer ${token.value}`;
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => {
    throw new Error("The service does not answer.");
  });
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401) {
    tokenField.hidden = false;
    token.focus();
  }
  if (!response.ok) {
    const { message: said = `The service answered ${response.status}.`, hint = "" } = answer.error ?? {};
    throw new Error(`${said} ${hint}`.trim());
  }
  return {
    body: answer,
    model: response.headers.get("x-bertops-model") ?? "",
    version: response.headers.get("x-bertops-model-version") ?? "",
    instance: response.headers.get("x-bertops-instance") ?? "",
  };
}

/** @param {{ texts: string[], sims: number[] }} context */
function showBars({ texts: compared, sims }) {
  const least = Math.min(0, ...sims);
  // Most models' similarities are positive; only then does a bar that begins at the left edge mean anything.
  const from = least < 0 ? -1 : 0;
  const rows = compared.map((text, index) => {
    const sim = sims[index] ?? 0;
    const row = document.createElement("li");
    const name = span("text", text);
    name.title = text;
    const track = span("track", "");
    track.setAttribute("aria-hidden", "true");
    const bar = span("bar", "");
    const [left, right] = [Math.min(0, sim), Math.max(0, sim)];
    bar.style.left = `${(100 * (left - from)) / (1 - from)}%`;
    bar.style.width = `${(100 * (right - left)) / (1 - from)}%`;
    track.append(bar);
    row.append(name, track, span("number", rounded(sim, 4)));
    return { row, sim };
  });
  rows.sort((a, b) => b.sim - a.sim);
  bars.replaceChildren(...rows.map(({ row }) => row));
}

/** @param {string[]} names @param {number[][]} vectors of length 1 */
function showMatrix(names, vectors) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  head.append(heading("", "col"), ...names.map((name) => heading(name, "col")));
  const body = table.createTBody();
  for (const [index, name] of names.entries()) {
    const row = body.insertRow();
    row.append(heading(name, "row"));
    for (const vector of vectors) {
      const sim = product(vectors[index] ?? [], vector);
      const cell = row.insertCell();
      cell.textContent = rounded(sim, 2);
      cell.style.background = `color-mix(in srgb, var(--mark) ${Math.round(70 * Math.max(0, sim))}%, transparent)`;
    }
  }
  matrix.replaceChildren(table);
}

/** Nothing is "-0.00". @param {number} value @param {number} digits */
function rounded(value, digits) {
  return (Number(value.toFixed(digits)) || 0).toFixed(digits);
}

/** @param {number[]} a @param {number[]} b */
function product(a, b) {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** @param {string} text @param {"row" | "col"} scope */
function heading(text, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  cell.title = text;
  return cell;
}

/** @param {string} name @param {string} text */
function span(name, text) {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = text;
  return made;
}

/** @param {{ truncated?: number[], context?: { truncated?: number[], targetTruncated?: boolean } }} body */
function cutNote({ truncated = [], context = {} }) {
  const count = truncated.length + (context.truncated?.length ?? 0) + (context.targetTruncated ? 1 : 0);
  if (count === 0) return "";
  return `; ${count === 1 ? "1 text was" : `${count} texts were`} longer than the model reads, and cut`;
}

function showCurl() {
  const body = JSON.stringify(question()).replaceAll("'", String.raw`'\''`);
  curl.textContent = `curl -H 'content-type: application/json' -d '${body}' ${new URL("sim", location.href).href}`;
}

async function showModel() {
  const response = await fetch("readyz").catch(() => undefined);
  const answer = response === undefined ? undefined : await response.json().catch(() => undefined);
  if (response?.ok) {
    model.textContent = `${answer.model} ${answer.version}`;
    return;
  }
  model.textContent =
    answer?.error === undefined
      ? "The service does not answer."
      : `${answer.error.message} ${answer.error.hint}`;
  setTimeout(() => void showModel(), 2000);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void ask();
});
form.addEventListener("input", showCurl);
form.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.name === "view") void ask();
});
texts.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

showCurl();
void showModel();
