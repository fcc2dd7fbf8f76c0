// Package model checks a fitted regression by its score equations, without fitting it.
//
//	score U, information I at the given coefficients ─Solve─► Newton step δ = I⁻¹U
//	                                                          standard errors √(I⁻¹)ⱼⱼ
//
// At a maximum of the likelihood U is zero. Coefficients are taken where no component of
// δ is longer than MaxStep of its standard error: the likelihoods of linear, logistic,
// probit, Poisson and Cox regression are concave in the linear predictor, so that there
// is one maximum, and one step from a point so near it ends within MaxStep² of a
// standard error or so. What is published is the point after the step, which is the
// domain's own: whoever chose the point before it has chosen nothing.
//
// Leverages says how much of a model's freedom single combinations of its 0/1 variables
// have for themselves: one whose leverage is 1 has a parameter of its own, and its
// figure could be read off the coefficients like a cell of a table. What a single subject
// has of it, the engine sums up with the inverse that Invert gives.
//
// The package is pure: it is given sums and answers with numbers. It imports nothing of
// ours.
package model
