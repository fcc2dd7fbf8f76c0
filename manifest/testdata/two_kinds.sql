-- verified, 1 threads
-- view claims of claims: hospital, cost, days, weight, __subject_person
-- view hospitals of hospitals: code, grade, __subject_enterprise
-- check0 is not_unique
-- table by_grade protects [{person claims} {enterprise hospitals}]

-- check0
SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "code"
FROM "hospitals"
WHERE "code" IS NOT NULL
GROUP BY "code" HAVING count(*) > 1)

-- table0.cells
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, ((t0."days" BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT)) AND (t0."cost" >= CAST(? AS DECIMAL(5,1)))) AS v2, t0."weight" AS v3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
SELECT g0 AS k0, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(*) FILTER (WHERE v2), 0) AS BIGINT) AS m2_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v2), 0) AS BIGINT) AS m2_misses, CAST(coalesce(count(v3), 0) AS BIGINT) AS m3_count, CAST(sum(v3) AS DOUBLE) AS m3_sum
FROM __rows
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 3 ""
-- ? integer 7 ""
-- ? text 0 "1000.5"

-- table0.unit0
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, ((t0."days" BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT)) AND (t0."cost" >= CAST(? AS DECIMAL(5,1)))) AS v2, t0."weight" AS v3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
, __each AS (SELECT g0, u0 AS s, count(*) AS n, count(DISTINCT u1) AS x1, count(*) FILTER (WHERE v2) AS h2, count(*) FILTER (WHERE NOT v2) AS f2, count(v3) AS c3, CAST(sum(v3) AS DOUBLE) AS x3
FROM __rows
GROUP BY g0, u0)
SELECT g0 AS k0, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(list_extract(max(x1, 2), 1) AS BIGINT) AS m1_first, CAST(list_extract(max(x1, 2), 2) AS BIGINT) AS m1_second, CAST(sum(x1) AS BIGINT) AS m1_total, CAST(coalesce(sum(h2), 0) AS BIGINT) AS m2_hits, CAST(coalesce(sum(f2), 0) AS BIGINT) AS m2_misses, CAST(coalesce(count(s) FILTER (WHERE h2 + f2 > 0), 0) AS BIGINT) AS m2_with, CAST(coalesce(count(s) FILTER (WHERE h2 > 0), 0) AS BIGINT) AS m2_hitters, CAST(coalesce(count(s) FILTER (WHERE f2 > 0), 0) AS BIGINT) AS m2_missers, CAST(coalesce(count(s) FILTER (WHERE x3 IS NOT NULL), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE x3 <> 0), 0) AS BIGINT) AS m3_nonzero, CAST(coalesce(sum(c3), 0) AS BIGINT) AS m3_count, CAST(sum(x3) AS DOUBLE) AS m3_sum, CAST(list_extract(max(abs(x3), 2), 1) AS DOUBLE) AS m3_first, CAST(list_extract(max(abs(x3), 2), 2) AS DOUBLE) AS m3_second, CAST(sum(abs(x3)) AS DOUBLE) AS m3_total
FROM __each
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 3 ""
-- ? integer 7 ""
-- ? text 0 "1000.5"

-- table0.unit1
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, ((t0."days" BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT)) AND (t0."cost" >= CAST(? AS DECIMAL(5,1)))) AS v2, t0."weight" AS v3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
, __each AS (SELECT g0, u1 AS s, count(*) AS n, count(DISTINCT u0) AS x0, count(*) FILTER (WHERE v2) AS h2, count(*) FILTER (WHERE NOT v2) AS f2, count(v3) AS c3, CAST(sum(v3) AS DOUBLE) AS x3
FROM __rows
GROUP BY g0, u1)
SELECT g0 AS k0, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(list_extract(max(x0, 2), 1) AS BIGINT) AS m0_first, CAST(list_extract(max(x0, 2), 2) AS BIGINT) AS m0_second, CAST(sum(x0) AS BIGINT) AS m0_total, CAST(coalesce(sum(h2), 0) AS BIGINT) AS m2_hits, CAST(coalesce(sum(f2), 0) AS BIGINT) AS m2_misses, CAST(coalesce(count(s) FILTER (WHERE h2 + f2 > 0), 0) AS BIGINT) AS m2_with, CAST(coalesce(count(s) FILTER (WHERE h2 > 0), 0) AS BIGINT) AS m2_hitters, CAST(coalesce(count(s) FILTER (WHERE f2 > 0), 0) AS BIGINT) AS m2_missers, CAST(coalesce(count(s) FILTER (WHERE x3 IS NOT NULL), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE x3 <> 0), 0) AS BIGINT) AS m3_nonzero, CAST(coalesce(sum(c3), 0) AS BIGINT) AS m3_count, CAST(sum(x3) AS DOUBLE) AS m3_sum, CAST(list_extract(max(abs(x3), 2), 1) AS DOUBLE) AS m3_first, CAST(list_extract(max(abs(x3), 2), 2) AS DOUBLE) AS m3_second, CAST(sum(abs(x3)) AS DOUBLE) AS m3_total
FROM __each
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 3 ""
-- ? integer 7 ""
-- ? text 0 "1000.5"

-- table0.members0
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, ((t0."days" BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT)) AND (t0."cost" >= CAST(? AS DECIMAL(5,1)))) AS v2, t0."weight" AS v3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
, __each AS (SELECT g0, u0 AS s, count(*) AS n, count(DISTINCT u1) AS x1, count(*) FILTER (WHERE v2) AS h2, count(*) FILTER (WHERE NOT v2) AS f2, count(v3) AS c3, CAST(sum(v3) AS DOUBLE) AS x3
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, u0), __cells AS (SELECT g0, row_number() OVER (ORDER BY g0 NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(x1, 0) AS BIGINT) AS m1_others, CAST(coalesce(h2, 0) AS BIGINT) AS m2_hits, CAST(coalesce(f2, 0) AS BIGINT) AS m2_misses, CAST(coalesce(c3, 0) AS BIGINT) AS m3_count, CAST(x3 AS DOUBLE) AS m3_sum
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0
-- ? integer 3 ""
-- ? integer 7 ""
-- ? text 0 "1000.5"

-- table0.members1
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, ((t0."days" BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT)) AND (t0."cost" >= CAST(? AS DECIMAL(5,1)))) AS v2, t0."weight" AS v3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
, __each AS (SELECT g0, u1 AS s, count(*) AS n, count(DISTINCT u0) AS x0, count(*) FILTER (WHERE v2) AS h2, count(*) FILTER (WHERE NOT v2) AS f2, count(v3) AS c3, CAST(sum(v3) AS DOUBLE) AS x3
FROM __rows
WHERE u1 IS NOT NULL
GROUP BY g0, u1), __cells AS (SELECT g0, row_number() OVER (ORDER BY g0 NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(x0, 0) AS BIGINT) AS m0_others, CAST(coalesce(h2, 0) AS BIGINT) AS m2_hits, CAST(coalesce(f2, 0) AS BIGINT) AS m2_misses, CAST(coalesce(c3, 0) AS BIGINT) AS m3_count, CAST(x3 AS DOUBLE) AS m3_sum
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0
-- ? integer 3 ""
-- ? integer 7 ""
-- ? text 0 "1000.5"

-- table0.join0
SELECT CAST(count(*) AS BIGINT) AS n
FROM "claims" AS t0
WHERE NOT EXISTS (SELECT 1
FROM "hospitals" AS t1
WHERE t0."hospital" = t1."code")
