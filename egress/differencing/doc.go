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
// For combinations let V be those vectors of the row space that vanish on a set of
// columns Z. Its coefficients are the left null space of A restricted to Z, which
// modulo p = 2⁶¹−1 is that of A_Z D A_Zᵀ for a random diagonal D. With Z the atoms of k
// subjects and more, V holds every disclosure there is. Where small atoms are many
// more than cells, nothing but disclosures would be left of V if it were to vanish on
// nearly all of them. So Z takes a random share of them as well, five for four cells, and
// others in every turn: with a hundredth, a group of fewer than 10 atoms is outside of Z
// in 0.99⁹ = 91% of the turns, so that nine turns miss one with probability 3·10⁻¹⁰. V is brought to reduced echelon form.
// Sums of small groups are found by a search that is complete unless Search runs out,
// and then the verdict says so and refuses; weighted combinations are looked for in
// many random orders of the columns, which finds them with overwhelming probability and
// proves nothing.
//
// A relation of integers holds modulo p too, so nothing is lost by reckoning there;
// what is found is confirmed with exact rationals.
//
// Nothing here is about inequalities (a cell of zeros, a known maximum), about what an
// attacker knows beforehand, or about anything but sums.
//
// The package is pure. Of ours it imports the leaves alone.
package differencing
