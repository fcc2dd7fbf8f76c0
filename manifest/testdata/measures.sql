-- verified, 1 threads
-- view claims of claims: hospital, visit_date, cost, days, urgent, __subject_person
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
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, CASE WHEN t0."visit_date" BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) THEN strftime(t0."visit_date", CAST(? AS VARCHAR)) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, t0."cost" AS v0, CASE WHEN t0."days" IS NOT NULL THEN t0."cost" END AS v3, t0."urgent" AS v4, CASE WHEN t0."cost" IS NOT NULL THEN t0."days" END AS w3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
SELECT g0 AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(v0), 0) AS BIGINT) AS m0_count, CAST(quantile_cont(CAST(v0 AS DOUBLE), 0.500) AS DOUBLE) AS m0_at, CAST(coalesce(count(v0), 0) AS BIGINT) AS m1_count, CAST(quantile_cont(CAST(v0 AS DOUBLE), 0.900) AS DOUBLE) AS m1_at, CAST(coalesce(count(v0), 0) AS BIGINT) AS m2_count, CAST(sum(v0) AS DECIMAL(18,2)) AS m2_sum, CAST(coalesce(count(v3), 0) AS BIGINT) AS m3_count, CAST(sum(v3) AS DECIMAL(18,2)) AS m3_sum, CAST(sum(w3) AS BIGINT) AS m3_per, CAST(coalesce(count(*) FILTER (WHERE v4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(v0), 0) AS BIGINT) AS m5_count, CAST(sum(v0) AS DECIMAL(18,2)) AS m5_sum, CAST(coalesce(count(v0), 0) AS BIGINT) AS m6_count, CAST(sum(v0) AS DECIMAL(18,2)) AS m6_sum
FROM __rows
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-03-31"
-- ? text 0 "%Y-%m"

-- table0.unit0
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, CASE WHEN t0."visit_date" BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) THEN strftime(t0."visit_date", CAST(? AS VARCHAR)) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, t0."cost" AS v0, CASE WHEN t0."days" IS NOT NULL THEN t0."cost" END AS v3, t0."urgent" AS v4, CASE WHEN t0."cost" IS NOT NULL THEN t0."days" END AS w3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code"), __middle AS (SELECT quantile_cont(CAST(v0 AS DOUBLE), 0.500) AS q0, quantile_cont(CAST(v0 AS DOUBLE), 0.900) AS q1, avg(v0) AS a2, g0 AS e0, g1 AS e1
FROM __rows
GROUP BY g0, g1)
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n, count(v0) AS c0, CAST(sum(v0) AS DECIMAL(18,2)) AS x0, bool_or(CAST(v0 AS DOUBLE) <= q0) AS l0, bool_or(CAST(v0 AS DOUBLE) >= q0) AS r0, max(q0) AS p0, bool_or(CAST(v0 AS DOUBLE) <= q1) AS l1, bool_or(CAST(v0 AS DOUBLE) >= q1) AS r1, max(q1) AS p1, CAST(sum((CAST(v0 AS DOUBLE) - a2) * (CAST(v0 AS DOUBLE) - a2)) AS DOUBLE) AS y2, count(v3) AS c3, CAST(sum(v3) AS DECIMAL(18,2)) AS x3, CAST(sum(w3) AS BIGINT) AS y3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
JOIN __middle ON g0 IS NOT DISTINCT
FROM e0 AND g1 IS NOT DISTINCT
FROM e1
GROUP BY g0, g1, u0)
SELECT g0 AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(s) FILTER (WHERE c0 > 0), 0) AS BIGINT) AS m0_with, CAST(coalesce(count(s) FILTER (WHERE l0), 0) AS BIGINT) AS m0_below, CAST(coalesce(count(s) FILTER (WHERE r0), 0) AS BIGINT) AS m0_above, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m0_count, CAST(max(p0) AS DOUBLE) AS m0_at, CAST(list_extract(max(c0, 2), 1) AS BIGINT) AS m0_first, CAST(list_extract(max(c0, 2), 2) AS BIGINT) AS m0_second, CAST(sum(c0) AS BIGINT) AS m0_total, CAST(coalesce(count(s) FILTER (WHERE c0 > 0), 0) AS BIGINT) AS m1_with, CAST(coalesce(count(s) FILTER (WHERE l1), 0) AS BIGINT) AS m1_below, CAST(coalesce(count(s) FILTER (WHERE r1), 0) AS BIGINT) AS m1_above, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m1_count, CAST(max(p1) AS DOUBLE) AS m1_at, CAST(list_extract(max(c0, 2), 1) AS BIGINT) AS m1_first, CAST(list_extract(max(c0, 2), 2) AS BIGINT) AS m1_second, CAST(sum(c0) AS BIGINT) AS m1_total, CAST(coalesce(count(s) FILTER (WHERE x0 IS NOT NULL), 0) AS BIGINT) AS m2_with, CAST(coalesce(count(s) FILTER (WHERE x0 <> 0), 0) AS BIGINT) AS m2_nonzero, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m2_count, CAST(sum(x0) AS DECIMAL(18,2)) AS m2_sum, CAST(list_extract(max(abs(x0), 2), 1) AS DECIMAL(18,2)) AS m2_first, CAST(list_extract(max(abs(x0), 2), 2) AS DECIMAL(18,2)) AS m2_second, CAST(sum(abs(x0)) AS DECIMAL(18,2)) AS m2_total, CAST(coalesce(count(s) FILTER (WHERE y2 <> 0), 0) AS BIGINT) AS m2_extra_nonzero, CAST(list_extract(max(y2, 2), 1) AS DOUBLE) AS m2_extra_first, CAST(list_extract(max(y2, 2), 2) AS DOUBLE) AS m2_extra_second, CAST(sum(y2) AS DOUBLE) AS m2_extra_total, CAST(coalesce(count(s) FILTER (WHERE x3 IS NOT NULL), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE x3 <> 0), 0) AS BIGINT) AS m3_nonzero, CAST(coalesce(sum(c3), 0) AS BIGINT) AS m3_count, CAST(sum(x3) AS DECIMAL(18,2)) AS m3_sum, CAST(list_extract(max(abs(x3), 2), 1) AS DECIMAL(18,2)) AS m3_first, CAST(list_extract(max(abs(x3), 2), 2) AS DECIMAL(18,2)) AS m3_second, CAST(sum(abs(x3)) AS DECIMAL(18,2)) AS m3_total, CAST(sum(y3) AS BIGINT) AS m3_per, CAST(coalesce(count(s) FILTER (WHERE y3 <> 0), 0) AS BIGINT) AS m3_extra_nonzero, CAST(list_extract(max(abs(y3), 2), 1) AS BIGINT) AS m3_extra_first, CAST(list_extract(max(abs(y3), 2), 2) AS BIGINT) AS m3_extra_second, CAST(sum(abs(y3)) AS BIGINT) AS m3_extra_total, CAST(coalesce(sum(h4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(sum(f4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(s) FILTER (WHERE h4 + f4 > 0), 0) AS BIGINT) AS m4_with, CAST(coalesce(count(s) FILTER (WHERE h4 > 0), 0) AS BIGINT) AS m4_hitters, CAST(coalesce(count(s) FILTER (WHERE f4 > 0), 0) AS BIGINT) AS m4_missers, CAST(coalesce(count(s) FILTER (WHERE x0 IS NOT NULL), 0) AS BIGINT) AS m5_with, CAST(coalesce(count(s) FILTER (WHERE x0 <> 0), 0) AS BIGINT) AS m5_nonzero, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m5_count, CAST(sum(x0) AS DECIMAL(18,2)) AS m5_sum, CAST(list_extract(max(abs(x0), 2), 1) AS DECIMAL(18,2)) AS m5_first, CAST(list_extract(max(abs(x0), 2), 2) AS DECIMAL(18,2)) AS m5_second, CAST(sum(abs(x0)) AS DECIMAL(18,2)) AS m5_total, CAST(coalesce(count(s) FILTER (WHERE x0 IS NOT NULL), 0) AS BIGINT) AS m6_with, CAST(coalesce(count(s) FILTER (WHERE x0 <> 0), 0) AS BIGINT) AS m6_nonzero, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m6_count, CAST(sum(x0) AS DECIMAL(18,2)) AS m6_sum, CAST(list_extract(max(abs(x0), 2), 1) AS DECIMAL(18,2)) AS m6_first, CAST(list_extract(max(abs(x0), 2), 2) AS DECIMAL(18,2)) AS m6_second, CAST(sum(abs(x0)) AS DECIMAL(18,2)) AS m6_total
FROM __each
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-03-31"
-- ? text 0 "%Y-%m"

-- table0.unit1
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, CASE WHEN t0."visit_date" BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) THEN strftime(t0."visit_date", CAST(? AS VARCHAR)) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, t0."cost" AS v0, CASE WHEN t0."days" IS NOT NULL THEN t0."cost" END AS v3, t0."urgent" AS v4, CASE WHEN t0."cost" IS NOT NULL THEN t0."days" END AS w3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code"), __middle AS (SELECT quantile_cont(CAST(v0 AS DOUBLE), 0.500) AS q0, quantile_cont(CAST(v0 AS DOUBLE), 0.900) AS q1, avg(v0) AS a2, g0 AS e0, g1 AS e1
FROM __rows
GROUP BY g0, g1)
, __each AS (SELECT g0, g1, u1 AS s, count(*) AS n, count(v0) AS c0, CAST(sum(v0) AS DECIMAL(18,2)) AS x0, bool_or(CAST(v0 AS DOUBLE) <= q0) AS l0, bool_or(CAST(v0 AS DOUBLE) >= q0) AS r0, max(q0) AS p0, bool_or(CAST(v0 AS DOUBLE) <= q1) AS l1, bool_or(CAST(v0 AS DOUBLE) >= q1) AS r1, max(q1) AS p1, CAST(sum((CAST(v0 AS DOUBLE) - a2) * (CAST(v0 AS DOUBLE) - a2)) AS DOUBLE) AS y2, count(v3) AS c3, CAST(sum(v3) AS DECIMAL(18,2)) AS x3, CAST(sum(w3) AS BIGINT) AS y3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
JOIN __middle ON g0 IS NOT DISTINCT
FROM e0 AND g1 IS NOT DISTINCT
FROM e1
GROUP BY g0, g1, u1)
SELECT g0 AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(s) FILTER (WHERE c0 > 0), 0) AS BIGINT) AS m0_with, CAST(coalesce(count(s) FILTER (WHERE l0), 0) AS BIGINT) AS m0_below, CAST(coalesce(count(s) FILTER (WHERE r0), 0) AS BIGINT) AS m0_above, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m0_count, CAST(max(p0) AS DOUBLE) AS m0_at, CAST(list_extract(max(c0, 2), 1) AS BIGINT) AS m0_first, CAST(list_extract(max(c0, 2), 2) AS BIGINT) AS m0_second, CAST(sum(c0) AS BIGINT) AS m0_total, CAST(coalesce(count(s) FILTER (WHERE c0 > 0), 0) AS BIGINT) AS m1_with, CAST(coalesce(count(s) FILTER (WHERE l1), 0) AS BIGINT) AS m1_below, CAST(coalesce(count(s) FILTER (WHERE r1), 0) AS BIGINT) AS m1_above, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m1_count, CAST(max(p1) AS DOUBLE) AS m1_at, CAST(list_extract(max(c0, 2), 1) AS BIGINT) AS m1_first, CAST(list_extract(max(c0, 2), 2) AS BIGINT) AS m1_second, CAST(sum(c0) AS BIGINT) AS m1_total, CAST(coalesce(count(s) FILTER (WHERE x0 IS NOT NULL), 0) AS BIGINT) AS m2_with, CAST(coalesce(count(s) FILTER (WHERE x0 <> 0), 0) AS BIGINT) AS m2_nonzero, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m2_count, CAST(sum(x0) AS DECIMAL(18,2)) AS m2_sum, CAST(list_extract(max(abs(x0), 2), 1) AS DECIMAL(18,2)) AS m2_first, CAST(list_extract(max(abs(x0), 2), 2) AS DECIMAL(18,2)) AS m2_second, CAST(sum(abs(x0)) AS DECIMAL(18,2)) AS m2_total, CAST(coalesce(count(s) FILTER (WHERE y2 <> 0), 0) AS BIGINT) AS m2_extra_nonzero, CAST(list_extract(max(y2, 2), 1) AS DOUBLE) AS m2_extra_first, CAST(list_extract(max(y2, 2), 2) AS DOUBLE) AS m2_extra_second, CAST(sum(y2) AS DOUBLE) AS m2_extra_total, CAST(coalesce(count(s) FILTER (WHERE x3 IS NOT NULL), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE x3 <> 0), 0) AS BIGINT) AS m3_nonzero, CAST(coalesce(sum(c3), 0) AS BIGINT) AS m3_count, CAST(sum(x3) AS DECIMAL(18,2)) AS m3_sum, CAST(list_extract(max(abs(x3), 2), 1) AS DECIMAL(18,2)) AS m3_first, CAST(list_extract(max(abs(x3), 2), 2) AS DECIMAL(18,2)) AS m3_second, CAST(sum(abs(x3)) AS DECIMAL(18,2)) AS m3_total, CAST(sum(y3) AS BIGINT) AS m3_per, CAST(coalesce(count(s) FILTER (WHERE y3 <> 0), 0) AS BIGINT) AS m3_extra_nonzero, CAST(list_extract(max(abs(y3), 2), 1) AS BIGINT) AS m3_extra_first, CAST(list_extract(max(abs(y3), 2), 2) AS BIGINT) AS m3_extra_second, CAST(sum(abs(y3)) AS BIGINT) AS m3_extra_total, CAST(coalesce(sum(h4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(sum(f4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(s) FILTER (WHERE h4 + f4 > 0), 0) AS BIGINT) AS m4_with, CAST(coalesce(count(s) FILTER (WHERE h4 > 0), 0) AS BIGINT) AS m4_hitters, CAST(coalesce(count(s) FILTER (WHERE f4 > 0), 0) AS BIGINT) AS m4_missers, CAST(coalesce(count(s) FILTER (WHERE x0 IS NOT NULL), 0) AS BIGINT) AS m5_with, CAST(coalesce(count(s) FILTER (WHERE x0 <> 0), 0) AS BIGINT) AS m5_nonzero, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m5_count, CAST(sum(x0) AS DECIMAL(18,2)) AS m5_sum, CAST(list_extract(max(abs(x0), 2), 1) AS DECIMAL(18,2)) AS m5_first, CAST(list_extract(max(abs(x0), 2), 2) AS DECIMAL(18,2)) AS m5_second, CAST(sum(abs(x0)) AS DECIMAL(18,2)) AS m5_total, CAST(sum(CAST(x0 AS DOUBLE) * CAST(x0 AS DOUBLE)) FILTER (WHERE s IS NOT NULL) / NULLIF(power(sum(abs(CAST(x0 AS DOUBLE))) FILTER (WHERE s IS NOT NULL), 2), 0) AS DOUBLE) AS m5_index, CAST(coalesce(count(s) FILTER (WHERE x0 IS NOT NULL), 0) AS BIGINT) AS m6_with, CAST(coalesce(count(s) FILTER (WHERE x0 <> 0), 0) AS BIGINT) AS m6_nonzero, CAST(coalesce(sum(c0), 0) AS BIGINT) AS m6_count, CAST(sum(x0) AS DECIMAL(18,2)) AS m6_sum, CAST(list_extract(max(abs(x0), 2), 1) AS DECIMAL(18,2)) AS m6_first, CAST(list_extract(max(abs(x0), 2), 2) AS DECIMAL(18,2)) AS m6_second, CAST(sum(abs(x0)) AS DECIMAL(18,2)) AS m6_total
FROM __each
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-03-31"
-- ? text 0 "%Y-%m"

-- table0.members0
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, CASE WHEN t0."visit_date" BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) THEN strftime(t0."visit_date", CAST(? AS VARCHAR)) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, t0."cost" AS v0, CASE WHEN t0."days" IS NOT NULL THEN t0."cost" END AS v3, t0."urgent" AS v4, CASE WHEN t0."cost" IS NOT NULL THEN t0."days" END AS w3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n, count(v0) AS c0, CAST(sum(v0) AS DECIMAL(18,2)) AS x0, CAST(sum(CAST(v0 AS DOUBLE) * CAST(v0 AS DOUBLE)) AS DOUBLE) AS y2, count(v3) AS c3, CAST(sum(v3) AS DECIMAL(18,2)) AS x3, CAST(sum(w3) AS BIGINT) AS y3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, g1, u0), __cells AS (SELECT g0, g1, row_number() OVER (ORDER BY g0 NULLS LAST, CAST(g1 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0, g1
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(c0, 0) AS BIGINT) AS m0_count, CAST(x0 AS DECIMAL(18,2)) AS m0_sum, CAST(y2 AS DOUBLE) AS m2_squares, CAST(coalesce(c3, 0) AS BIGINT) AS m3_count, CAST(x3 AS DECIMAL(18,2)) AS m3_sum, CAST(y3 AS BIGINT) AS m3_per, CAST(coalesce(h4, 0) AS BIGINT) AS m4_hits, CAST(coalesce(f4, 0) AS BIGINT) AS m4_misses
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0 AND __each.g1 IS NOT DISTINCT
FROM __cells.g1
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-03-31"
-- ? text 0 "%Y-%m"

-- table0.members1
WITH __rows AS (SELECT CAST(t1."grade" AS BIGINT) AS g0, CASE WHEN t0."visit_date" BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) THEN strftime(t0."visit_date", CAST(? AS VARCHAR)) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, NULLIF(t1."__subject_enterprise", 0) AS u1, t0."cost" AS v0, CASE WHEN t0."days" IS NOT NULL THEN t0."cost" END AS v3, t0."urgent" AS v4, CASE WHEN t0."cost" IS NOT NULL THEN t0."days" END AS w3
FROM "claims" AS t0
JOIN "hospitals" AS t1 ON t0."hospital" = t1."code")
, __each AS (SELECT g0, g1, u1 AS s, count(*) AS n, count(v0) AS c0, CAST(sum(v0) AS DECIMAL(18,2)) AS x0, CAST(sum(CAST(v0 AS DOUBLE) * CAST(v0 AS DOUBLE)) AS DOUBLE) AS y2, count(v3) AS c3, CAST(sum(v3) AS DECIMAL(18,2)) AS x3, CAST(sum(w3) AS BIGINT) AS y3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
WHERE u1 IS NOT NULL
GROUP BY g0, g1, u1), __cells AS (SELECT g0, g1, row_number() OVER (ORDER BY g0 NULLS LAST, CAST(g1 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0, g1
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(c0, 0) AS BIGINT) AS m0_count, CAST(x0 AS DECIMAL(18,2)) AS m0_sum, CAST(y2 AS DOUBLE) AS m2_squares, CAST(coalesce(c3, 0) AS BIGINT) AS m3_count, CAST(x3 AS DECIMAL(18,2)) AS m3_sum, CAST(y3 AS BIGINT) AS m3_per, CAST(coalesce(h4, 0) AS BIGINT) AS m4_hits, CAST(coalesce(f4, 0) AS BIGINT) AS m4_misses
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0 AND __each.g1 IS NOT DISTINCT
FROM __cells.g1
-- ? text 0 "2024-01-01"
-- ? text 0 "2024-03-31"
-- ? text 0 "%Y-%m"

-- table0.join0
SELECT CAST(count(*) AS BIGINT) AS n
FROM "claims" AS t0
WHERE NOT EXISTS (SELECT 1
FROM "hospitals" AS t1
WHERE t0."hospital" = t1."code")
