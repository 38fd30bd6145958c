/** Asks every half second until the answer is yes; rejects after `within` seconds. */
export async function eventually(
  what: string,
  question: () => Promise<boolean>,
  within = 180,
): Promise<void> {
  const deadline = Date.now() + within * 1000;
  while (!(await question())) {
    if (Date.now() > deadline) throw new Error(`not within ${within} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
