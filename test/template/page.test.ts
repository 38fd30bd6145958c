import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openScratch, smallModel } from "./models.ts";
import { post, startReadyService, startTestService } from "./service.ts";

const CHROMIUM = [
  process.env["CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((candidate) => candidate !== "" && existsSync(candidate));
if (CHROMIUM === undefined) {
  process.stderr.write("The page's test is skipped: no Chromium here (set CHROMIUM to its path).\n");
}

describe.skipIf(CHROMIUM === undefined)("the page", async () => {
  const model = await smallModel(await openScratch(), 41);
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (entry) => {
      if (entry.type() === "error" && !entry.text().includes("Failed to load resource"))
        faults.push(entry.text());
    });
    // Nothing may come from elsewhere.
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) faults.push(request.url());
    });
    onTestFinished(() => expect(faults).toEqual([]));
    await page.goto(url);
    return page;
  }

  const readBars = async (page: Page): Promise<[string, number, number][]> => {
    const rows = await page.locator("#bars li").all();
    return Promise.all(
      rows.map(async (row): Promise<[string, number, number]> => {
        const [bar, track] = [row.locator(".bar"), row.locator(".track")];
        const width = ((await bar.boundingBox())?.width ?? -1) / ((await track.boundingBox())?.width ?? 1);
        return [
          await row.locator(".text").innerText(),
          Number(await row.locator(".number").innerText()),
          width,
        ];
      }),
    );
  };

  test("a target and texts are typed, and the bars show what /sim answers", async () => {
    const service = await startReadyService({ MODEL_PATH: model.directory, BERTOPS_INSTANCE: "i-7" });
    const page = await open(service.url);
    await page.getByLabel("Target").fill("a b c");
    await page.getByLabel("Texts, one a line").fill("c b a\n\n<b>x</b> & y\n  a b c  \n");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#timing").filter({ hasText: "ms" }).waitFor();
    const texts = ["c b a", "<b>x</b> & y", "a b c"];
    const wanted = (await post(`${service.url}/sim`, { target: "a b c", texts })).body.context
      .sims as number[];
    const bars = await readBars(page);
    expect(bars.map(([text]) => text)).toEqual(
      texts.toSorted((a, b) => (wanted[texts.indexOf(b)] ?? 0) - (wanted[texts.indexOf(a)] ?? 0)),
    );
    const negative = wanted.some((sim) => sim < 0);
    for (const [text, number, width] of bars) {
      const sim = wanted[texts.indexOf(text)] ?? 9;
      expect(number).toBeCloseTo(sim, 4);
      expect(width).toBeCloseTo(Math.abs(sim) / (negative ? 2 : 1), 2);
    }
    expect(await page.locator("#timing").innerText()).toMatch(/^bert local, from i-7, in \d+ ms$/);
    expect(await page.locator("#model").innerText()).toBe("bert local");
    expect(await page.locator("#curl").textContent()).toContain(
      '{"target":"a b c","texts":["c b a","<b>x</b> & y","a b c"]}',
    );
  });

  test("the keyboard is enough, and the matrix compares all with each other", async () => {
    const service = await startReadyService({ MODEL_PATH: model.directory });
    const page = await open(service.url);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("a b");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("a b\nx y z");
    await page.keyboard.press("Control+Enter");
    await page.locator("#bars li").nth(1).waitFor();
    expect(await page.locator("#bars li").count()).toBe(2);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.locator("#matrix td").first().waitFor();
    const cells = await page.locator("#matrix td").allInnerTexts();
    const [other] = (await post(`${service.url}/sim`, { target: "a b", texts: ["x y z"] })).body.context
      .sims as number[];
    const off = (other ?? 9).toFixed(2);
    expect(cells).toEqual(["1.00", "1.00", off, "1.00", "1.00", off, off, off, "1.00"]);
    expect(await page.locator("#bars").isVisible()).toBe(false);
    expect(await page.locator("#matrix thead th").allInnerTexts()).toEqual(["", "a b", "a b", "x y z"]);
  });

  test("it fits a phone and is dark in the dark", async () => {
    const service = await startReadyService({ MODEL_PATH: model.directory });
    const shown = async (colorScheme: "dark" | "light"): Promise<number[]> => {
      const page = await open(service.url, { viewport: { width: 320, height: 600 }, colorScheme });
      await page.getByLabel("Texts, one a line").fill(`${"long ".repeat(60)}\nshort`);
      await page.getByRole("button", { name: "Compare" }).click();
      await page.locator("#bars li").nth(1).waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
      const color = String(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor"));
      return (color.match(/\d+/g) ?? []).slice(0, 3).map(Number);
    };
    expect(Math.max(...(await shown("dark")))).toBeLessThan(64);
    expect(Math.min(...(await shown("light")))).toBeGreaterThan(192);
  });

  test("what is wrong is said with what to do; a token is asked for where one is needed", async () => {
    const waiting = await startTestService({
      MODEL_ROOT: path.dirname(model.directory),
      MODEL_NAME: "nothing",
    });
    const page = await open(waiting.url);
    await page.locator("#model").filter({ hasText: "bertops push-model DIR" }).waitFor();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#message").filter({ hasText: "bertops push-model DIR" }).waitFor();
    expect(await page.locator("#bars li").count()).toBe(0);

    const guarded = await startReadyService({ MODEL_PATH: model.directory, BERTOPS_TOKEN: "t0ken" });
    const closed = await open(guarded.url);
    await closed.getByRole("button", { name: "Compare" }).click();
    await closed.getByLabel("Token").fill("t0ken");
    await closed.keyboard.press("Enter");
    await closed.locator("#bars li").first().waitFor();
    expect(await closed.locator("#message").innerText()).toBe("");
  });

  test("the reading of the bars finds a service that answers wrongly", async () => {
    const service = await startReadyService({ MODEL_PATH: model.directory });
    // A proxy that spoils every similarity, in front of the real service.
    const spoil = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
      const method = request.method ?? "GET";
      const answer = await fetch(`${service.url}${request.url}`, {
        method,
        headers: { "content-type": "application/json" },
        ...(method === "POST" ? { body: Buffer.concat(chunks) } : {}),
      });
      const text = await answer.text();
      response.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "text/plain",
      });
      response.end(text.replace(/"sims":\[[^\]]*\]/, '"sims":[0.123,0.456,0.789]'));
    };
    const liar = createServer((request, response) => void spoil(request, response));
    await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void liar.close());
    const page = await open(`http://127.0.0.1:${(liar.address() as AddressInfo).port}`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#bars li").nth(2).waitFor();
    const wanted = (await post(`${service.url}/sim`, { target: "JSON", texts: ["text", "format", "data"] }))
      .body.context.sims;
    const read = (await readBars(page)).map(([, number]) => number);
    expect(read).toEqual([0.789, 0.456, 0.123]);
    expect(read).not.toEqual(wanted.toSorted((a: number, b: number) => b - a));
  });
});
