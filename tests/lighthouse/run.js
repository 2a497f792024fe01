/**
 * Lighthouse's scores of the built page, on a desktop and on a phone.
 *
 *     node run.js --rounds N
 *
 * Prints a line of JSON a form: each score, 0 to 100, the median of the rounds, and what falls short in
 * any of them. The page is served compressed, as hosts do, and the network and the processor are
 * slowed down in Lighthouse's own model; a machine that does something else as well is slower still.
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { launch } from "chrome-launcher";
import compression from "compression";
import lighthouse, { desktopConfig } from "lighthouse";
import { createApp } from "../../www/server/app.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);
const FORMS = [
  { name: "desktop", config: desktopConfig },
  { name: "phone", config: undefined },
];
/** What a page of a tool is judged by. */
const CATEGORIES = ["performance", "accessibility", "best-practices"];

const app = createApp({ isolated: true });
const compressed = compression();
const server = createServer((request, response) => compressed(request, response, () => app(request, response)));
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const site = `http://localhost:${server.address().port}/`;

/** The middle one. */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** What Lighthouse finds, in a browser of its own. */
async function look(config) {
  const chrome = await launch({
    chromePath: process.env["CHROME"],
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const options = { port: chrome.port, logLevel: "error", onlyCategories: CATEGORIES };
    const { lhr } = await lighthouse(site, options, config);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return lhr;
  } finally {
    await chrome.kill();
  }
}

for (const { name, config } of FORMS) {
  const found = [];
  for (let round = 0; round < rounds; round++) found.push(await look(config));
  const line = { form: name };
  for (const category of CATEGORIES) {
    line[category] = Math.round(100 * median(found.map(({ categories }) => categories[category].score)));
  }
  const short = new Set();
  for (const { audits, categories } of found) {
    for (const { id, weight } of CATEGORIES.flatMap((it) => categories[it].auditRefs)) {
      const { score, title, displayValue } = audits[id];
      if (weight > 0 && score !== null && score < 0.9) short.add(displayValue ? `${title}: ${displayValue}` : title);
    }
  }
  line.short = [...short];
  console.log(JSON.stringify(line));
}
server.close();
server.closeAllConnections();
