-- protected, 2 threads
-- view claims of claims: district, icd_chapter, cost, urgent, __subject_person
-- view population of population: birth, __subject_person
-- check0 is many_to_many
-- table by_district protects [{person claims}]

-- check0
SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "__subject_person"
FROM "claims"
WHERE "__subject_person" IN (SELECT "__subject_person"
FROM "population"
WHERE "__subject_person" IS NOT NULL
GROUP BY "__subject_person" HAVING count(*) > 1)
GROUP BY "__subject_person" HAVING count(*) > 1)

-- table0.cells
WITH __rows AS (SELECT t0."district" AS g0, CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, t0."cost" AS v2, t0."urgent" AS v4
FROM "claims" AS t0
JOIN "population" AS t1 ON t0."__subject_person" = t1."__subject_person"
WHERE ((t0."icd_chapter" = CAST(? AS VARCHAR)) AND (t0."cost" > CAST(? AS BIGINT))))
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(v2), 0) AS BIGINT) AS m2_count, CAST(sum(v2) AS DECIMAL(18,2)) AS m2_sum, CAST(coalesce(count(v2), 0) AS BIGINT) AS m3_count, CAST(sum(v2) AS DECIMAL(18,2)) AS m3_sum, CAST(coalesce(count(*) FILTER (WHERE v4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v4), 0) AS BIGINT) AS m4_misses
FROM __rows
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 45 ""
-- ? text 0 "[18,45)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 60 ""
-- ? text 0 "[45,60)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 75 ""
-- ? text 0 "[60,75)"
-- ? text 0 ">=75"
-- ? text 0 "IX"
-- ? integer 0 ""

-- table0.unit0
WITH __rows AS (SELECT t0."district" AS g0, CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, t0."cost" AS v2, t0."urgent" AS v4
FROM "claims" AS t0
JOIN "population" AS t1 ON t0."__subject_person" = t1."__subject_person"
WHERE ((t0."icd_chapter" = CAST(? AS VARCHAR)) AND (t0."cost" > CAST(? AS BIGINT))))
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n, count(v2) AS c2, CAST(sum(v2) AS DECIMAL(18,2)) AS x2, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
GROUP BY g0, g1, u0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(list_extract(max(n, 2), 1) AS BIGINT) AS m1_first, CAST(list_extract(max(n, 2), 2) AS BIGINT) AS m1_second, CAST(sum(n) AS BIGINT) AS m1_total, CAST(coalesce(count(s) FILTER (WHERE x2 IS NOT NULL), 0) AS BIGINT) AS m2_with, CAST(coalesce(count(s) FILTER (WHERE x2 <> 0), 0) AS BIGINT) AS m2_nonzero, CAST(coalesce(sum(c2), 0) AS BIGINT) AS m2_count, CAST(sum(x2) AS DECIMAL(18,2)) AS m2_sum, CAST(list_extract(max(abs(x2), 2), 1) AS DECIMAL(18,2)) AS m2_first, CAST(list_extract(max(abs(x2), 2), 2) AS DECIMAL(18,2)) AS m2_second, CAST(sum(abs(x2)) AS DECIMAL(18,2)) AS m2_total, CAST(coalesce(count(s) FILTER (WHERE x2 IS NOT NULL), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE x2 <> 0), 0) AS BIGINT) AS m3_nonzero, CAST(coalesce(sum(c2), 0) AS BIGINT) AS m3_count, CAST(sum(x2) AS DECIMAL(18,2)) AS m3_sum, CAST(list_extract(max(abs(x2), 2), 1) AS DECIMAL(18,2)) AS m3_first, CAST(list_extract(max(abs(x2), 2), 2) AS DECIMAL(18,2)) AS m3_second, CAST(sum(abs(x2)) AS DECIMAL(18,2)) AS m3_total, CAST(coalesce(sum(h4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(sum(f4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(s) FILTER (WHERE h4 + f4 > 0), 0) AS BIGINT) AS m4_with, CAST(coalesce(count(s) FILTER (WHERE h4 > 0), 0) AS BIGINT) AS m4_hitters, CAST(coalesce(count(s) FILTER (WHERE f4 > 0), 0) AS BIGINT) AS m4_missers
FROM __each
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 45 ""
-- ? text 0 "[18,45)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 60 ""
-- ? text 0 "[45,60)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 75 ""
-- ? text 0 "[60,75)"
-- ? text 0 ">=75"
-- ? text 0 "IX"
-- ? integer 0 ""

-- table0.members0
WITH __rows AS (SELECT t0."district" AS g0, CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g1, NULLIF(t0."__subject_person", 0) AS u0, t0."cost" AS v2, t0."urgent" AS v4
FROM "claims" AS t0
JOIN "population" AS t1 ON t0."__subject_person" = t1."__subject_person"
WHERE ((t0."icd_chapter" = CAST(? AS VARCHAR)) AND (t0."cost" > CAST(? AS BIGINT))))
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n, count(v2) AS c2, CAST(sum(v2) AS DECIMAL(18,2)) AS x2, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, g1, u0), __cells AS (SELECT g0, g1, row_number() OVER (ORDER BY CAST(g0 AS VARCHAR) NULLS LAST, CAST(g1 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0, g1
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(c2, 0) AS BIGINT) AS m2_count, CAST(x2 AS DECIMAL(18,2)) AS m2_sum, CAST(coalesce(h4, 0) AS BIGINT) AS m4_hits, CAST(coalesce(f4, 0) AS BIGINT) AS m4_misses
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0 AND __each.g1 IS NOT DISTINCT
FROM __cells.g1
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 45 ""
-- ? text 0 "[18,45)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 60 ""
-- ? text 0 "[45,60)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 75 ""
-- ? text 0 "[60,75)"
-- ? text 0 ">=75"
-- ? text 0 "IX"
-- ? integer 0 ""

-- table0.join0
SELECT CAST(count(*) AS BIGINT) AS n
FROM "claims" AS t0
WHERE NOT EXISTS (SELECT 1
FROM "population" AS t1
WHERE t0."__subject_person" = t1."__subject_person")
