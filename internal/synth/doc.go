// Package synth makes a small synthetic city for the demonstration and the tests:
// its people, their insurance claims and its enterprises, as three CSV files, and
// truth.json with what was planted in them.
//
//	seed, i ─► person i ──► population.csv   UTF-8, LF
//	             └─────────► claims.csv      UTF-8, LF; about six rows a person
//	seed, e ─► enterprise e ► enterprises.csv UTF-8 with BOM, CRLF, as Excel writes
//	                       └► truth.json      planted values and totals
//
// A row depends on the seed and its own number alone, so a smaller city is the
// beginning of a larger one. All rows are invented. Organisations are in the zone
// PDY00001–PDY99999, which no real one has, and hospitals have fairy-tale names;
// districts are real codes (GB/T 2260) of one city. No zone of resident numbers is
// free, so a number may be somebody's by chance: never mix these files with real ones.
//
// # What is planted
//
//   - The chief: one person by name, with the largest bill of the city, which is the
//     only circulatory claim (chapter IX) in his district by anyone born before 1945:
//     of 80 and more, whatever day of 2024 the age is taken at.
//   - A cell of one person and one row, and a cell of two people and twelve rows:
//     counting rows lets the second through.
//   - A firm with more than 90% of the revenue of one industry in one district, among
//     enough others that the number of firms is no reason to refuse.
//   - In each file a few rows that must be quarantined, one of each fault.
//
// District means where a person lives in population.csv and where the hospital is in
// claims.csv. What is planted is unique under both.
package synth
