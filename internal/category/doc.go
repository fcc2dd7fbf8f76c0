// Package category has the presets of levels: kinds of content, each with the level that
// is proposed for it and the source that says there is such a kind.
//
// It is the one table of levels. Package catalog gives a described column the level of its
// category, and masking/discover proposes a category, and so the level, for a column that
// nobody has described. docs/DATASETS.md prints it.
//
// It imports nothing of ours.
package category
