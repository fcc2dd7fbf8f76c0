// Package suppression withholds further cells of tables, so that nobody can work
// out the withheld ones from what is published: totals, linked tables and what is
// known of every cell beforehand. It is pure and exact.
//
//	cells, equations, primary ──Protect──► Pattern: secondary cells, intervals
//	cells, equations, a pattern ─Intervals─► what an attacker can say of each cell
//
// The attacker knows all published cells, every equation between cells (a total is
// the sum of its parts, in all tables jointly) and bounds of each cell. What he can
// say of a withheld cell is the interval [x⁻, x⁺] of its least and greatest value in
// any table that agrees with that: two linear programs (M. Fischetti, J. J. Salazar,
// Solving the cell suppression problem on tabular data with linear constraints,
// Management Science 47, 2001; A. Hundepool et al., Statistical Disclosure Control,
// Wiley 2012, section 4.5). A pattern is accepted only when the interval of every
// primary cell is as wide as was asked.
//
// The unknowns are the deviations of withheld cells from their true values. The true
// table is one of the attacker's, so that zero is always feasible and no first phase
// is needed. Per connected component a table of integers is eliminated and pivoted
// without fractions (E. H. Bareiss, Mathematics of Computation 22, 1968): results are
// exact, ties are settled by index, and the same problem gives the same pattern.
//
// Where a cell is exposed, the multipliers of its program name the published cells of
// which one must be withheld in any safe pattern. These clauses steer the greedy
// search, and a least hitting set of them bounds every pattern from below: when that
// bound is met the pattern is proved to be of least cost.
//
// Trust boundary: ParseSpec reads a file that a person wrote, with limits, and names
// the key that it refuses. Errors hold names and indices of cells, never values.
//
// The package imports internal/fault alone.
package suppression
