/**
 * Puts the Solidity compiler beside the built page, as it is on npm, with its licence and a pointer to
 * its source.
 *
 * The compiler is a program of its own under the GPL-3.0: it is never bundled, changed or committed.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import solc from "solc";

const require = createRequire(import.meta.url);

/** The folder of the compiler in the built page; `public/solc/worker.js` goes there too. */
const FOLDER = "solc";

/** @param {string} version such as `0.8.37+commit.f401782d.Emscripten.clang` */
function notice(version) {
  const [release = version] = version.split("+");
  return `soljson.js is the Solidity compiler ${version}, unmodified, as in the npm package solc ${release}.
It is a program of its own, under the GNU General Public License, version 3: see LICENSE.txt.
Its source: https://github.com/ethereum/solidity/tree/v${release}
worker.js is not part of it; it is part of Interleave, under Interleave's licences.
`;
}

/** @returns {import("vite").Plugin} */
export function compiler() {
  return {
    name: "solidity-compiler",
    apply: "build",
    writeBundle({ dir }) {
      if (dir === undefined) return;
      const folder = join(dir, FOLDER);
      const file = require.resolve("solc/soljson.js");
      const named = JSON.parse(readFileSync(require.resolve("solc/package.json"), "utf8"));
      const version = solc.version();
      if (!version.startsWith(`${named.version}+`)) {
        throw new Error(`npm's solc ${named.version} holds the compiler ${version}`);
      }
      mkdirSync(folder, { recursive: true });
      copyFileSync(file, join(folder, "soljson.js"));
      writeFileSync(join(folder, "LICENSE.txt"), solc.license());
      writeFileSync(join(folder, "README.txt"), notice(version));
    },
  };
}
