// Package label looks at texts that would be published: values of keys, titles,
// names of columns. They are data, and an author or a provider chooses them.
//
//	text ──Check──► what is wrong with it, or nothing
//	two  ──Alike──► whether one may be taken for the other
//
// A text may look like another (letters of several scripts in one word, marks that
// are not composed), hold what nobody sees (zero-width and tag characters), turn the
// line around it (bidirectional controls: Boucher and Anderson, Trojan Source, 2021),
// be run by a spreadsheet (OWASP, CSV injection) or a browser, or be a person's number.
// What looks harmless can still carry a message; a vocabulary that the catalogue closes
// is the only remedy for that, and numbers in other writing than digits are not found.
//
// Trust boundary: any bytes come in; what comes out is one of a few words, and never
// the text. The package imports internal/idnum alone of ours.
package label
