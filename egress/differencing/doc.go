// Package differencing asks what published cells say together: the cross-release
// audit.
//
//	cells ──Near────► pairs whose members differ by fewer than k subjects
//	  │
//	  └──atoms──► subjects that no cell tells apart ──► linear combinations of cells
//	                                                   that leave fewer than k subjects
//
// A cell is the set of its contributors and stands for one published sum over them.
// What an attacker computes from such sums by linear means is the row space of the
// matrix cells × subjects. Subjects that are in the same cells are one atom, a
// column of it with a size. A vector of the row space that is zero outside of atoms
// with fewer than k subjects together is a disclosure: with equal coefficients it is
// the exact sum of a small group, otherwise a weighted one.
//
// # Method
//
// Pairs are found exactly: |S Δ T| ≥ ||S|−|T||, so only cells of nearly the same size
// are compared, and of those only the ones whose members spread alike over 64 classes.
//
// For combinations, cells with k subjects or more whom no other cell holds are left out,
// again and again, and so are cells that follow from others. Let V be those vectors of the
// row space that vanish on a set of columns Z. Its coefficients are the left null space of
// A restricted to Z: cells that are the only ones with a column of Z are out, one after the
// other, and for those that remain it is, modulo p = 2⁶¹−1, the null space of A_Z D A_Zᵀ
// for a random diagonal D. With Z the atoms of k subjects and more, V holds every
// disclosure there is, and much else. So Z takes all small atoms of a random share of the
// subjects as well, others in every turn: a disclosure that Z has nothing of is in V, and
// turns are as many as make it unlikelier than 10⁻⁹ that none is found. Where cells are few
// beside subjects, Z has five subjects for four cells, and little but disclosures is left.
// Elsewhere it has fewer at first, which costs most and is missed more often, and what is
// left of V is made to vanish on several more samples. What is left after that is brought
// to reduced echelon form, and parts of it without a common column are searched apart.
// Sums of small groups are found by a search that is complete in V unless Search runs out;
// weighted combinations are looked for in many random orders of the columns, which finds
// them with overwhelming probability and proves nothing. If the search or the turns run
// out, the verdict says so and refuses.
//
// An element has an owner where a subject has several, one for each contribution. Then a
// group is small by its owners.
//
// Splits takes cells with values: of each element what it contributes to each. Every
// element is a column then. Only weighted combinations are looked for, and only those are
// told that chance does not make: see evident. The turns are as many as make it unlikelier
// than 10⁻³ that none finds what leaves k − 1, and far unlikelier of one.
//
// A relation of integers holds modulo p too, so nothing is lost by reckoning there;
// what is found is confirmed with exact rationals.
//
// Nothing here is about inequalities (a cell of zeros, a known maximum), about what an
// attacker knows beforehand, or about anything but sums.
//
// The package is pure. Of ours it imports the leaves alone.
package differencing
