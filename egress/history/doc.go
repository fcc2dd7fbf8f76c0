// Package history compares the figures that a release would publish with those of all
// earlier releases, of whatever data set, version and operator, and with each other.
//
//	who contributes what ──Writer──► Release ──Encode──► sealed, by kind of subject
//	                                    │
//	earlier releases ──Decode──► Audit ◄┘ ──► Verdict: cells to withhold, why, and what is nearest
//
// # What is compared
//
// A release has, for one kind of subject, cells; a cell has sets. A set is one
// published sum: the subjects who contribute to it, by their ordinals, and a mark of
// what each contributes: 32 bits of HMAC-SM3 of the number under a key of the domain's.
// Two sets differ by a subject who is in one of them alone, or who is in both and
// contributes another number. Where they differ by 1 to k−1 subjects, one figure minus
// the other is about these few, and the pair is a finding. So an element is a subject
// with the digest of its contribution, and two sums that differ by one visit, one
// version of the data or one rewritten column differ by that subject alone. A change is
// overlooked with a probability of 2⁻³² for each subject, which nobody can steer who
// does not have the key.
//
// The mark is of the number and not of the column that it came from: a copy of a column
// under another name, in another data set or in the records of a mapping, is compared
// as what it is. Numbers that are all different make sets that differ by everybody, and
// are no finding, however alike the groups of subjects: that is what "near-equal sets
// are compared by contribution" means, and without it no two means over nearly the same
// people could ever be published. The price: a column that was changed for all (scaled,
// masked in another way) and for one person more is not recognised.
//
// Figures that divide the rows of each subject among them have other marks for everybody.
// For these a set that adds up has parts as well: the number in millionths times a secret
// weight of the subject's, modulo 2⁶¹−1. Parts of one subject add up as its numbers do,
// and those of two tell nothing of each other. A number that is not one of millionths (a
// double that is no decimal) or 2⁶⁰ of them and more has a part that is drawn: it equals
// itself.
//
// Which sets a cell has, by measure:
//
//	subjects, count    Who: each subject as a 1
//	count              Rows: the number of its rows
//	subjects of another kind
//	                   Others: with how many of them each is
//	sum, mean          Value: its sum
//	sum, mean          Value: its sum together with the number of values, since a mean
//	                   changes with a visit that costs nothing
//	share, rate        Hits: its hits; its misses. Known: both together
//	median, quantile, sd, hhi
//	                   as sum and mean; sd also Value: the sum of its squares
//	ratio              as sum, of either column
//	standardised, survival
//	                   as a share of each stratum or interval; those whom an interval
//	                   leaves are Known, without those whom it does not
//	model              one cell: Who; Rows; Value: its response (Hits: those of one), and
//	                   each number among its terms. Where a 0/1 term is 1: Known: the rows,
//	                   Value or Hits: the response. Rest: the same where it is 0; misses
//
// Hits are compared as Value in all that follows; they add up with rows.
//
// Whoever contributes nothing to a sum is no part of it: where some do so, there is a
// second set of Value without them. Such sets are compared with each other and with those
// in which everybody contributes something: else ten people of whom nine are known to
// contribute nothing would hide the tenth. Two of them may be alike although people
// without a contribution are in one of the cells alone: that all of these contribute
// nothing would be told then, and is a finding however many they are. That is asked of two
// Values. Who is behind Known was chosen by a condition, as who is behind Who and Rows is:
// where those who hit one share are those among whom another is taken, as with the rate of
// large bills beside a survival whose second interval begins at large ones, the two
// conditions hold for the same rows, and the two figures are one.
//
// Value and Known are compared with Who and Rows too. The latter two are not compared with
// each other: that a few people of a cell came twice is what its two counts are published
// to tell. Whoever came at all is compared by Who, how often by Rows. Others are compared
// with Others alone, and only in pairs: distinct subjects do not add up. Rest is compared as
// Value, and only in pairs: all less one part less the other is nothing, and with marks in
// the place of numbers it would look like those who are in both.
//
// # Method
//
// Pairs are exact. Sets of k−1 subjects apart or nearer are found by package
// differencing, and their marks compared. Where a finding is between two cells of the
// new release, one of them goes: always that which is in most findings left, the last
// one among equals.
//
// Combinations of three cells and more are looked for by the same package among the
// cells that remain and earlier ones, at most MaxSets of them, newest releases first,
// those first that share a subject with the new cells. There an element is a subject
// with a mark, and a group is small by its subjects, however many contributions each
// has. Three searches are made: over Who; over Rows, Value and Known; and over these
// without those who contribute nothing.
//
// Two more are made of parts: of numbers of rows, and of other sums. A combination of n
// figures counts there if its coefficients are fractions of numbers up to 4, and if in it
// n − 1 + k/2 subjects or more cancel of whom two figures or more have something, not
// counting those whose parts are multiples of another's. By chance n − 1 do, and people
// who came once or twice are all alike. At most 1,000 figures take part, and one for eight
// subjects: of more, chance would make combinations. What is left out is counted.
//
// Of earlier releases nothing can be taken back, so only findings that a new cell is
// part of count.
//
// # At rest
//
// Encode gives three texts: an index (JSON); the groups of subjects, one behind the
// other, in the portable format of roaring; and the marks, 4 bytes each, and parts, 8
// bytes each, little-endian, which are read where sets are near or combined. None holds a
// value, though parts of one subject tell how its numbers relate, and they hold who is in
// a cell: they are rows in effect, and must be sealed.
//
// The package is pure. Of ours it imports crypto and differencing.
package history
