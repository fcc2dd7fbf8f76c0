// Makes the record of one person: was there a visit for a disease of the
// circulatory system, and how many visits? It sees that person's rows of claims
// alone, in an instance that ends with that person.

import { input, record } from "./yingbi";

/** The fields of a record, as job.yaml declares them. */
enum Field {
  Circulatory,
  Visits,
}

const MOST_VISITS: i64 = 1000;

export function yb_map(): i32 {
  const claims = input("claims");
  let visits: i64 = 0, circulatory = false;
  while (claims.next()) {
    const f = claims.frame, chapter = f.column("icd_chapter");
    for (let i = 0; i < f.rows; i++) {
      visits++;
      if (chapter.text(i) == "IX") circulatory = true;
    }
  }
  record(Field.Circulatory, circulatory);
  record(Field.Visits, min(visits, MOST_VISITS));
  return 0;
}
