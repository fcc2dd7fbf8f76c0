-- +goose Up
CREATE TABLE people (
	id         TEXT PRIMARY KEY,
	org        TEXT NOT NULL,
	roles      TEXT NOT NULL, -- JSON list
	public_key TEXT NOT NULL UNIQUE,
	frozen     INTEGER NOT NULL DEFAULT 0,
	confirmed  INTEGER NOT NULL DEFAULT 0,
	created    TEXT NOT NULL,
	created_by TEXT NOT NULL
) STRICT;

-- Descriptions of data sets, policies, agreements and scenarios, each in all
-- its versions. The newest is in force.
CREATE TABLE documents (
	kind       TEXT NOT NULL,
	id         TEXT NOT NULL,
	version    INTEGER NOT NULL,
	body       BLOB NOT NULL,
	created    TEXT NOT NULL,
	created_by TEXT NOT NULL,
	PRIMARY KEY (kind, id, version)
) STRICT;

CREATE TABLE dataset_versions (
	dataset TEXT NOT NULL,
	number  INTEGER NOT NULL,
	body    TEXT NOT NULL, -- JSON of catalog.Version
	created TEXT NOT NULL,
	PRIMARY KEY (dataset, number)
) STRICT;

CREATE TABLE jobs (
	id        TEXT PRIMARY KEY,
	scenario  TEXT NOT NULL,
	scenario_version INTEGER NOT NULL,
	submitter TEXT NOT NULL,
	org       TEXT NOT NULL,
	state     TEXT NOT NULL,
	class     TEXT NOT NULL,
	reason    TEXT NOT NULL,
	module    INTEGER NOT NULL,
	created   TEXT NOT NULL,
	updated   TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state);

CREATE TABLE job_transitions (
	job         TEXT NOT NULL REFERENCES jobs (id),
	seq         INTEGER NOT NULL,
	from_state  TEXT NOT NULL,
	to_state    TEXT NOT NULL,
	actor       TEXT NOT NULL,
	audit_index INTEGER NOT NULL,
	at          TEXT NOT NULL,
	PRIMARY KEY (job, seq)
) STRICT;
