// Bundles css/ and js/ and the icon sprite into dist/. Content hashes are left to Django's static storage.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const modules = path.join(here, "node_modules");
const watching = process.argv.includes("--watch");

// Phones in the field run browsers of some years ago: no syntax newer than these.
const target = ["chrome100", "safari15.4", "firefox102"];

/** Split "light-dark(a, b)" at its top-level comma. */
function pair(value) {
  const inner = value.slice("light-dark(".length, -1);
  let depth = 0;
  for (let i = 0; i < inner.length; i += 1) {
    if (inner[i] === "(") depth += 1;
    if (inner[i] === ")") depth -= 1;
    if (inner[i] === "," && depth === 0) return [inner.slice(0, i).trim(), inner.slice(i + 1).trim()];
  }
  throw new Error(`tokens.css: no pair in ${value}`);
}

/** tokens.css states each colour once as light-dark(a, b); older browsers need it spelt out per theme. */
function expand(css) {
  return css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selector, body) => {
    const dark = [];
    const light = body.replace(/(--[\w-]+):\s*(light-dark\((?:[^()]|\([^()]*\))*\));/g, (_, name, value) => {
      const [day, night] = pair(value);
      dark.push(`${name}: ${night};`);
      return `${name}: ${day};`;
    });
    if (dark.length === 0) return rule;
    const own = selector.trim() === ":root" ? "" : selector.trim();
    const night = (theme) => `[data-bs-theme="${theme}"]${own} { color-scheme: dark; ${dark.join(" ")} }`;
    return `${selector}{${light}} ${night("dark")} @media (prefers-color-scheme: dark) { ${night("auto")} }`;
  });
}

const tokens = {
  name: "tokens",
  setup(build) {
    build.onLoad({ filter: /[\\/]tokens\.css$/ }, async ({ path: file }) => ({
      contents: expand(await readFile(file, "utf8")),
      loader: "css",
    }));
  },
};

const tabler = {
  name: "tabler",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path: file }) => {
      const { css } = sass.compile(file, { loadPaths: [modules], charset: false, quietDeps: true });
      // The sources leave out the prefix that the published style sheet and Tabler's manual carry.
      return { contents: css.replace(/(?<![\w-])--(?=[a-z])/g, "--tblr-"), loader: "css" };
    });
  },
};

async function sprite() {
  const names = (await readFile(path.join(here, "icons.txt"), "utf8"))
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
  const symbols = await Promise.all(
    names.map(async (name) => {
      const filled = name.endsWith("-filled");
      const file = filled ? `filled/${name.slice(0, -"-filled".length)}.svg` : `outline/${name}.svg`;
      const source = await readFile(path.join(modules, "@tabler/icons/icons", file), "utf8");
      const body = source.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
      const shapes = body.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").replace(/\s+/g, " ");
      // Outlines take fill and stroke from .ax-icon, so that a chosen star can be filled in.
      const paint = filled ? ' fill="currentColor" stroke="none"' : "";
      return `<symbol id="${name}" viewBox="0 0 24 24"${paint}>${shapes.trim()}</symbol>`;
    }),
  );
  await mkdir(path.join(dist, "icons"), { recursive: true });
  await writeFile(
    path.join(dist, "icons/sprite.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
  );
}

/** qr-scanner starts its worker from a blob:; our content policy allows workers from our own files only. */
const ownWorker = {
  name: "own-worker",
  setup(build) {
    build.onResolve({ filter: /qr-scanner-worker\.min\.js$/ }, () => ({ path: "worker", namespace: "own" }));
    build.onLoad({ filter: /.*/, namespace: "own" }, () => ({
      contents: `export const createWorker = () =>
        new Worker(document.querySelector("[data-qr-worker]").dataset.qrWorker);`,
    }));
  },
};

/** The worker's source is a string inside the package: let it make its blob here and write that to a file. */
async function worker() {
  let source;
  URL.createObjectURL = (blob) => (source = blob);
  globalThis.Worker = class {};
  (await import("qr-scanner/qr-scanner-worker.min.js")).createWorker();
  await writeFile(path.join(dist, "js/qr-worker.js"), await source.text());
}

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: !watching,
  sourcemap: false,
  target,
  logLevel: "info",
  legalComments: "linked",
};

const styles = {
  ...common,
  entryPoints: { "css/app": "css/app.css", "css/map": "css/map.css" },
  outdir: "dist",
  loader: { ".png": "file", ".svg": "file" },
  assetNames: "css/[name]",
  plugins: [tokens, tabler],
};

const scripts = {
  ...common,
  format: "iife",
  entryPoints: {
    "js/app": "js/app.js",
    "js/sign": "js/sign.js",
    "js/scan": "js/scan.js",
    "js/check": "js/check.js",
    "js/sw": "js/sw.js",
    "js/map": "js/map.js",
  },
  outdir: "dist",
  plugins: [ownWorker],
};

await rm(dist, { recursive: true, force: true });
await mkdir(path.join(dist, "js"), { recursive: true });
await sprite();
await worker();
if (watching) {
  for (const options of [styles, scripts]) await (await esbuild.context(options)).watch();
} else {
  await Promise.all([esbuild.build(styles), esbuild.build(scripts)]);
}
