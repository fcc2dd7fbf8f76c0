// How dear is a visit in each district, in per cent of the mean of all districts?
// The job sees the finished table by_district, and no row of anybody.

import { Column, emit, input, Table } from "./yingbi";

export function yb_run(): i32 {
  const table = new Table(), name = table.text("district"), index = table.decimal("index", 18, 1);
  const all = input("by_district");
  let visits: f64 = 0, cost: f64 = 0;
  while (all.next()) {
    const f = all.frame, n = f.column("visits"), sum = f.column("cost");
    for (let i = 0; i < f.rows; i++) {
      if (withheld(n, sum, i)) continue;
      visits += f64(n.int(i));
      cost += sum.float(i);
    }
  }
  all.rewind();
  while (all.next()) {
    const f = all.frame, district = f.column("district"), n = f.column("visits"), sum = f.column("cost");
    for (let i = 0; i < f.rows; i++) {
      if (district.isNull(i)) name.pushNull(); // bills without a district are a row too
      else name.pushBytes(district.textAt(i), district.textSize(i));
      if (withheld(n, sum, i) || cost == 0) index.pushNull();
      // (cost / visits) / (all cost / all visits), in tenths of a per cent
      else index.push(i64(Math.round(1000 * (sum.float(i) / f64(n.int(i))) / (cost / visits))));
    }
  }
  emit("index", table);
  return 0;
}

/** Whether disclosure control has withheld the figures of a row. */
function withheld(visits: Column, cost: Column, i: i32): bool {
  return visits.isNull(i) || cost.isNull(i) || visits.int(i) == 0;
}
