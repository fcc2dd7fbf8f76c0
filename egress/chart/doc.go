// Package chart draws published tables as SVG: bars, lines, histograms, heat maps and
// tile maps of regions. A chart shows what the table says and nothing else, so it may
// go wherever the table goes.
//
//	egress.Published + Spec ─Draw─► SVG      Choose: the Spec that fits a table, if any
//
// A suppressed figure is never drawn as zero. It is a hatched field with the legend
// entry "suppressed · 隐去", the same whether the cell was withheld or empty: the
// table does not say, and a combination that it does not list is treated alike. Nothing
// is added up, so that a key which the Spec leaves out is refused, not summed over.
//
// The map has no geography. Provinces stand at fixed places of a tile grid, other
// regions in the order of their codes (GB/T 2260), one tile each.
//
// The picture holds no script, no style sheet, no font and no reference to anything
// outside; texts are escaped, cleaned of characters that cannot be seen, and cut. Colours
// are told apart by people who see few (M. Okabe, K. Ito, Color Universal Design,
// 2008); lines differ in dash and mark as well, and the shades of a map carry figures.
// The same table and Spec give the same bytes.
//
// Trust boundary: names, labels and the Spec are an operator's; points are bounded.
//
// The package imports egress, which it draws from, and nothing that could fetch more.
package chart
