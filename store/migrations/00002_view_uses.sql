-- +goose Up
-- When a cached view of a data set was last used; what was used longest ago goes
-- first when the cache is over its budget.
CREATE TABLE view_uses (
	dataset TEXT NOT NULL,
	view    TEXT NOT NULL, -- identity, 64 hex digits
	used    TEXT NOT NULL,
	PRIMARY KEY (dataset, view)
) STRICT;
