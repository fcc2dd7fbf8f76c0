-- asserted, 2 threads
-- view claims of claims: days, __subject_person
-- table by_leaf protects [{person claims}]

-- table0.cells
WITH __rows AS (SELECT CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g0, NULLIF(t0."__subject_person", 0) AS u0
FROM "claims" AS t0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows
FROM __rows
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 3 ""
-- ? text 0 "<3"
-- ? text 0 ">=3"

-- table0.unit0
WITH __rows AS (SELECT CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g0, NULLIF(t0."__subject_person", 0) AS u0
FROM "claims" AS t0)
, __each AS (SELECT g0, u0 AS s, count(*) AS n
FROM __rows
GROUP BY g0, u0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows
FROM __each
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 3 ""
-- ? text 0 "<3"
-- ? text 0 ">=3"

-- table0.members0
WITH __rows AS (SELECT CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g0, NULLIF(t0."__subject_person", 0) AS u0
FROM "claims" AS t0)
, __each AS (SELECT g0, u0 AS s, count(*) AS n
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, u0), __cells AS (SELECT g0, row_number() OVER (ORDER BY CAST(g0 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0
-- ? integer 3 ""
-- ? text 0 "<3"
-- ? text 0 ">=3"
