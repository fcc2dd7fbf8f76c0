// Package sample runs a job over made-up data on its author's own machine, as a domain
// would run it, without a domain and without its keys.
//
//	domain ─Pack─► KIT ─Read─► Kit ─► generator ─► CSV ─┐
//	 (text alone)                                       ▼
//	 job.yaml, module ─────────────► a domain of its own: cells, masking, egress ─► Result
//	                                 (private folder, random keys, both gone at the end)
//
// A kit (开发包) is a folder with the text of a scenario: agreement, descriptions of data
// sets, policies, rules. Nothing in it comes from rows. The generator makes data from the
// descriptions, the same for the same seed: of the types, of what the provider declares
// under sample (catalog.Sample), and of what data sets share. Subjects of one kind are one
// population, whose numbers have right check characters and are nobody's; columns of one
// name share their values, so that joins find partners. There are a few rows that an
// import does not keep, and cells without a value, written as the description says.
//
// Run then does what people do in a domain, one after the other: found, register,
// import, set policies, sign, approve, submit, run, review. It is the same code with the
// same cells, so what it refuses, a domain refuses, in the same words. Other than in a
// domain, the author sees all: data are made up, and no budget is worth keeping.
//
// # Trust
//
// A kit is read with the limits of the parsers of its documents; a module runs in cells
// alone. A kit is not signed: whoever alters one deceives nobody but themselves, since a
// job is judged again in the domain.
package sample
