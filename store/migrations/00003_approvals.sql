-- +goose Up
-- How many people have signed that a job may leave; what counts is sealed with it.
ALTER TABLE jobs ADD COLUMN approvals INTEGER NOT NULL DEFAULT 0;
