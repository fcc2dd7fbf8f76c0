// Package egress decides what figures may leave the domain. It is pure: it judges
// tables and the evidence that came with them, and can fetch nothing more.
//
//	manifest.PlanTable ┐
//	answers of a cell  ┴─Collect─► Table ─Judge(Preset)─► Report ─► a person decides
//	                                                        │
//	                                                        └─ Published: rounded, failing cells withheld
//	module's figures ─┬─ verified:  Compare(Table) ─► Comparison, for the report only
//	                  ├─ verified:  AddModel(answers at its coefficients) ─► Model; Published is the domain's own
//	                  ├─ protected: Admit(Published…) ─► Published of the module's own
//	                  └─ asserted:  Assert ─► Assertion; Published is the module's, cut to three digits
//
// What may be asked of one subject at a time (AddQuestion) is no figure: the report shows
// how many subjects would get each answer, warns of rare ones, and two people decide.
//
// Judge looks at each cell by itself, then at all tables of the job together: what
// is withheld must not follow from what adds up with it (package suppression), and the
// texts beside the figures must be fit to leave (package label). Counts of a coarser table
// are published as sums of rounded counts, where all their parts are published.
//
// The unit of protection is the subject. For each cell and each kind of subject
// the evidence says how many distinct subjects stand behind a figure and how much
// of it the largest of them contribute; docs/EGRESS.md gives the rules, their
// formulas and the presets. A cell that fails a rule is withheld whole, and an
// empty cell looks like a withheld one. Nothing is released without a person's
// decision, and a report says plainly what was not checked.
//
// Trust boundary: answers of a query cell are checked against the plan and each
// other (Collect), figures of a module against a closed schema (Admit). Errors
// and Published hold no figure that was withheld; a Report holds counts of it and
// rules, is for reviewers alone, and shows no largest contribution.
//
// Arithmetic is exact, but of models (package model), which are checked in doubles; the
// same tables give the same bytes.
//
// The package imports crypto, manifest, model, suppression and label, and never sandbox, vault or view.
package egress
