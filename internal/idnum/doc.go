// Package idnum knows the syntax and the check characters of Chinese numbers: the
// resident identity number, the organisation code, the unified social credit code,
// the bank card, and the identity cards of Hong Kong, of Taiwan and of foreigners who
// live here. It makes synthetic ones of the first four.
//
//	resident  530402 19900101 001 C      region, birth date, sequence (odd: male)
//	credit    91 530402 PDY00001C D      authority, region, organisation code C, D
//
// A right check character is weak evidence: one number in 11 passes by chance, one
// in 31 for a credit code. Whether the region exists, which bank a card is from and
// what a whole column holds are questions of data, answered elsewhere. Values must
// be brought to one spelling before (Normalise): ASCII, upper case, no separators.
//
// Normalise gives identifiers of any kind the one spelling by which the subject
// registry and pseudonyms know them.
//
// It imports nothing of ours, holds no state and allocates nothing when checking.
package idnum
