// Runs the job outside the domain, in Node, over tables that the tests make.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { frame, trial } from "./yingbi/try.mjs";

const wasm = readFileSync(new URL("job.wasm", import.meta.url));

test("the index of each district", () => {
  const table = frame({
    district: ["text", "江北", "江南", "山里"],
    visits: ["integer", 300, 100, null], // null: withheld by disclosure control
    cost: ["double", 300 * 100, 100 * 300, null],
  });
  const done = trial(wasm, [{ name: "by_district", kind: "finished", frames: [table] }]);
  assert.equal(done.result, 0, done.log.join("\n"));
  // All: 400 visits for 60,000 yuan, 150 each. Tenths of a per cent.
  assert.deepEqual(done.emitted, [{ output: "index", table: { district: ["江北", "江南", "山里"], index: [667n, 2000n, null] } }]);
});

test("without its input the job fails and says why", () => {
  const done = trial(wasm, []);
  assert.ok(done.trapped);
  assert.match(done.log[0], /no input by_district/);
});
