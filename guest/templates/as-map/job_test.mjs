// Makes records outside the domain, in Node, over rows that the tests make.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { frame, trial } from "./yingbi/try.mjs";

const wasm = readFileSync(new URL("job.wasm", import.meta.url));
const claims = (chapters) => ({ name: "claims", kind: "rows", frames: [frame({ icd_chapter: ["text", ...chapters] })] });

test("the record of a person", () => {
  for (const [chapters, circulatory, visits] of [[[], 0n, 0n], [["X", "XI"], 0n, 2n], [["X", "IX", "IX"], 1n, 3n], [Array(2000).fill(""), 0n, 1000n]]) {
    const done = trial(wasm, [claims(chapters)], "yb_map");
    assert.equal(done.result, 0, done.log.join("\n"));
    assert.deepEqual(done.record, { 0: circulatory, 1: visits });
  }
});

test("without its input the mapping fails and says why", () => {
  const done = trial(wasm, [], "yb_map");
  assert.ok(done.trapped);
  assert.match(done.log[0], /no input claims/);
});
