import type { Endpoint } from "../../endpoint/endpoint.ts";
import { refusalOf } from "../../endpoint/refusal.ts";
import type { Check } from "../../endpoint/similarity.ts";

/** Is a question without texts refused, in the form that callers rely on? */
export async function checkInput(endpoint: Endpoint): Promise<Check> {
  const answer = await endpoint.post("/sim", { target: 1 });
  const ok = answer.status === 422 && refusalOf(answer.body) !== undefined;
  return { name: "bad-input", ok, detail: `a question without texts is answered ${answer.status}` };
}
