-- verified, 2 threads
-- view population of population: sex, __subject_person
-- view claims of claims: visit_date, __subject_person
-- table by_sex protects [{person population}]

-- table0.cells
WITH __rows AS (SELECT t0."sex" AS g0, CAST((CASE WHEN NULLIF(t0."__subject_person", 0) IN (SELECT i."__subject_person"
FROM "population" AS i
WHERE i."__subject_person" <> 0 AND CAST(? AS DATE) IS NOT NULL) THEN NULLIF(t0."__subject_person", 0) IN (SELECT i."__subject_person"
FROM "population" AS i
JOIN "claims" AS e ON i."__subject_person" = e."__subject_person"
WHERE i."__subject_person" <> 0 AND e."visit_date" BETWEEN CAST(? AS DATE) + CAST(? AS INTEGER) AND CAST(? AS DATE) + CAST(? AS INTEGER)) END) AS BOOLEAN) AS g1, NULLIF(t0."__subject_person", 0) AS u0
FROM "population" AS t0)
SELECT CAST(g0 AS VARCHAR) AS k0, g1 AS k1, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows
FROM __rows
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-01-01"
-- ? integer -365 ""
-- ? text 0 "2024-01-01"
-- ? integer -1 ""

-- table0.unit0
WITH __rows AS (SELECT t0."sex" AS g0, CAST((CASE WHEN NULLIF(t0."__subject_person", 0) IN (SELECT i."__subject_person"
FROM "population" AS i
WHERE i."__subject_person" <> 0 AND CAST(? AS DATE) IS NOT NULL) THEN NULLIF(t0."__subject_person", 0) IN (SELECT i."__subject_person"
FROM "population" AS i
JOIN "claims" AS e ON i."__subject_person" = e."__subject_person"
WHERE i."__subject_person" <> 0 AND e."visit_date" BETWEEN CAST(? AS DATE) + CAST(? AS INTEGER) AND CAST(? AS DATE) + CAST(? AS INTEGER)) END) AS BOOLEAN) AS g1, NULLIF(t0."__subject_person", 0) AS u0
FROM "population" AS t0)
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n
FROM __rows
GROUP BY g0, g1, u0)
SELECT CAST(g0 AS VARCHAR) AS k0, g1 AS k1, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows
FROM __each
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-01-01"
-- ? integer -365 ""
-- ? text 0 "2024-01-01"
-- ? integer -1 ""

-- table0.members0
WITH __rows AS (SELECT t0."sex" AS g0, CAST((CASE WHEN NULLIF(t0."__subject_person", 0) IN (SELECT i."__subject_person"
FROM "population" AS i
WHERE i."__subject_person" <> 0 AND CAST(? AS DATE) IS NOT NULL) THEN NULLIF(t0."__subject_person", 0) IN (SELECT i."__subject_person"
FROM "population" AS i
JOIN "claims" AS e ON i."__subject_person" = e."__subject_person"
WHERE i."__subject_person" <> 0 AND e."visit_date" BETWEEN CAST(? AS DATE) + CAST(? AS INTEGER) AND CAST(? AS DATE) + CAST(? AS INTEGER)) END) AS BOOLEAN) AS g1, NULLIF(t0."__subject_person", 0) AS u0
FROM "population" AS t0)
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, g1, u0), __cells AS (SELECT g0, g1, row_number() OVER (ORDER BY CAST(g0 AS VARCHAR) NULLS LAST, g1 NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0, g1
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0 AND __each.g1 IS NOT DISTINCT
FROM __cells.g1
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-01-01"
-- ? integer -365 ""
-- ? text 0 "2024-01-01"
-- ? integer -1 ""
