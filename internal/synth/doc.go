// Package synth makes a synthetic city of any size for the demonstration, the tests
// and the benchmarks: its people, their insurance claims, electricity and enterprises,
// small files with whatever can be wrong with a file, and truth.json with what was
// planted in them and what has to become of it.
//
//	             ┌─ person i ────► population.csv   UTF-8, LF
//	seed, i ─────┼─ claims of i ─► claims.csv       UTF-8, LF; about six rows a person
//	(chunks, on  └─ household ───► electricity.csv  UTF-8, LF; twelve rows a household
//	 all cores)
//	seed, e ─► enterprise e ─────► enterprises.csv  UTF-8 with BOM, CRLF, as Excel writes
//	seed ────► cases/*.csv, cut.csv.gz              GBK, BOM, line breaks, cut, wrong values
//	 all of them and their counts ─► truth.json
//
// A row depends on the seed and its own number alone, and is made of whole numbers, so
// that the files are the same on every machine and for any number of workers, and a
// smaller city is the beginning of a larger one. Workers make chunks of 4,096 people,
// which are written in order: memory does not grow with the city.
//
// All rows are invented. Organisations are in the zone PDY00001–PDY99999, which no real
// one has, and hospitals have fairy-tale names; districts are real codes (GB/T 2260) of
// one city and, for people born elsewhere, of its province. No zone of resident numbers
// is free, so a number may be somebody's by chance: never mix these files with real ones.
//
// # Resident numbers
//
// Every person has a valid number of GB 11643 that nobody else has, without looking at
// others. People are laid out in blocks of 65,536, of which each has the same households
// in another order. So the place of person i among all of one birthplace, year and sex
// is known: the block's number times how many of them a block has, and the place within
// it. That place is walked to a day and a sequence number by steps that have no divisor
// in common with their number. A block has no more of one kind than there are numbers
// for in 60 million people; the last sequence number of a day is for what is planted.
//
// # What is planted
//
// Each planted thing is a [Case] of truth.json: where it is, which step has to find it
// and what comes of it. docs/SYNTHETIC.md lists them. What hangs on the first 200 people
// is in every city: the chief with the largest bill, which is the only circulatory
// claim in his district by anyone born before 1945; cells of one and of two people; the
// one who makes the difference between two groups; the oldest; the household that needs
// most electricity; rows that must be quarantined. Claims by chance never fall into a
// planted cell, by where the patient lives or by where the hospital is.
//
// District means where a person or a household lives, and in claims.csv where the hospital is.
//
// It imports idnum and fault, and runs anywhere.
package synth
