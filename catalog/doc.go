// Package catalog describes data sets: what they are, whose they are, what their
// columns mean, and which versions of them the domain holds.
//
//	description.yaml ──ParseDescription──► Dataset ──► ingest, policies, scenarios
//	                        │                  └─JSON─► the metadata database
//	                        └─► refusal: file:line:column: field: what to write
//
// A description is written by the providing department and comes from outside: it
// is read with the limits of internal/yamldoc and checked as a whole, so that a
// Dataset that exists is one that can be ingested. A data set without the
// provider's declaration (that it is none of the kinds that may never be
// registered) is refused.
//
// The JSON of a Dataset is itself a description: ParseDescription reads it back
// to an equal Dataset. docs/DATASETS.md explains every key.
//
// Levels are the provider's, per data set and per column, and the higher wins; presets
// by kind of content are in internal/category, with their sources. A level that falls, and a
// column that a scenario may have unmasked, each need a reason by real name.
//
// What a provider declares for sample data (Sample) is a part of the description: only
// a person writes it, and no row ever comes there.
//
// catalog holds public text only. It never sees rows, keys or storage, and
// imports nothing of ours but crypto, masking/detect, internal/category, coltype and yamldoc.
package catalog
