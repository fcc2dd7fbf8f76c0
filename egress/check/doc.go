// Package check applies disclosure control to a table or regression that somebody
// made of a file of microdata, cell by cell.
//
//	specification ─ParseSpec─► Spec ─Columns─► (the caller reads the file in a cell)
//	                            │                         │ texts, row by row
//	                            └──────────► Data ◄──Add──┘
//	                                          └─Check─► Answer
//
// Two families of rules. The preset acro gives what ACRO 1.0.1 (AI-SDC) gives, under
// its names: the unit is the row, whether or not it has a value, the largest
// contribution of an all-zero cell counts as dominant, and one negative value makes
// the dominance checks of the whole table undecided. Every other preset is one of
// package egress, and the unit is the subject.
//
// Keys are compared as they are written; a row without one of the table's keys is in no
// cell. A value is missing where pandas' read_csv takes it so.
//
// Trust boundary: specifications are a person's, and parsed with limits; texts of a
// file are untrusted, and no error repeats one. An Answer has counts of every cell,
// small ones too: it is for whoever holds the file.
//
// The package imports egress and manifest, reads no file and fetches nothing.
package check
