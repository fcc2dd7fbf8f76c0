-- verified, 2 threads
-- view claims of claims: urgent, __subject_person
-- view population of population: birth, sex, __subject_person
-- check0 is many_to_many
-- table by_sex protects [{person claims}]

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
WITH __rows AS (SELECT t1."sex" AS g0, NULLIF(t0."__subject_person", 0) AS u0, t0."urgent" AS v2, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v3, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v4, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v5
FROM "claims" AS t0
JOIN "population" AS t1 ON t0."__subject_person" = t1."__subject_person")
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(*) FILTER (WHERE v2), 0) AS BIGINT) AS m2_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v2), 0) AS BIGINT) AS m2_misses, CAST(coalesce(count(*) FILTER (WHERE v3), 0) AS BIGINT) AS m3_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v3), 0) AS BIGINT) AS m3_misses, CAST(coalesce(count(*) FILTER (WHERE v4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(*) FILTER (WHERE v5), 0) AS BIGINT) AS m5_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v5), 0) AS BIGINT) AS m5_misses
FROM __rows
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 "[18,65)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 ">=65"

-- table0.unit0
WITH __rows AS (SELECT t1."sex" AS g0, NULLIF(t0."__subject_person", 0) AS u0, t0."urgent" AS v2, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v3, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v4, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v5
FROM "claims" AS t0
JOIN "population" AS t1 ON t0."__subject_person" = t1."__subject_person")
, __each AS (SELECT g0, u0 AS s, count(*) AS n, count(*) FILTER (WHERE v2) AS h2, count(*) FILTER (WHERE NOT v2) AS f2, count(*) FILTER (WHERE v3) AS h3, count(*) FILTER (WHERE NOT v3) AS f3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4, count(*) FILTER (WHERE v5) AS h5, count(*) FILTER (WHERE NOT v5) AS f5
FROM __rows
GROUP BY g0, u0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(list_extract(max(n, 2), 1) AS BIGINT) AS m0_first, CAST(list_extract(max(n, 2), 2) AS BIGINT) AS m0_second, CAST(sum(n) AS BIGINT) AS m0_total, CAST(coalesce(sum(h2), 0) AS BIGINT) AS m2_hits, CAST(coalesce(sum(f2), 0) AS BIGINT) AS m2_misses, CAST(coalesce(count(s) FILTER (WHERE h2 + f2 > 0), 0) AS BIGINT) AS m2_with, CAST(coalesce(count(s) FILTER (WHERE h2 > 0), 0) AS BIGINT) AS m2_hitters, CAST(coalesce(count(s) FILTER (WHERE f2 > 0), 0) AS BIGINT) AS m2_missers, CAST(coalesce(sum(h3), 0) AS BIGINT) AS m3_hits, CAST(coalesce(sum(f3), 0) AS BIGINT) AS m3_misses, CAST(coalesce(count(s) FILTER (WHERE h3 + f3 > 0), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE h3 > 0), 0) AS BIGINT) AS m3_hitters, CAST(coalesce(count(s) FILTER (WHERE f3 > 0), 0) AS BIGINT) AS m3_missers, CAST(coalesce(sum(h4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(sum(f4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(s) FILTER (WHERE h4 + f4 > 0), 0) AS BIGINT) AS m4_with, CAST(coalesce(count(s) FILTER (WHERE h4 > 0), 0) AS BIGINT) AS m4_hitters, CAST(coalesce(count(s) FILTER (WHERE f4 > 0), 0) AS BIGINT) AS m4_missers, CAST(coalesce(sum(h5), 0) AS BIGINT) AS m5_hits, CAST(coalesce(sum(f5), 0) AS BIGINT) AS m5_misses, CAST(coalesce(count(s) FILTER (WHERE h5 + f5 > 0), 0) AS BIGINT) AS m5_with, CAST(coalesce(count(s) FILTER (WHERE h5 > 0), 0) AS BIGINT) AS m5_hitters, CAST(coalesce(count(s) FILTER (WHERE f5 > 0), 0) AS BIGINT) AS m5_missers
FROM __each
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 "[18,65)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 ">=65"

-- table0.members0
WITH __rows AS (SELECT t1."sex" AS g0, NULLIF(t0."__subject_person", 0) AS u0, t0."urgent" AS v2, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v3, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v4, CASE WHEN CASE WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) IS NULL THEN NULL WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN CAST(CAST(? AS BIGINT) - year(t1."birth") - CASE WHEN month(t1."birth") * 100 + day(t1."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR) THEN t0."urgent" END AS v5
FROM "claims" AS t0
JOIN "population" AS t1 ON t0."__subject_person" = t1."__subject_person")
, __each AS (SELECT g0, u0 AS s, count(*) AS n, count(*) FILTER (WHERE v2) AS h2, count(*) FILTER (WHERE NOT v2) AS f2, count(*) FILTER (WHERE v3) AS h3, count(*) FILTER (WHERE NOT v3) AS f3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4, count(*) FILTER (WHERE v5) AS h5, count(*) FILTER (WHERE NOT v5) AS f5
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, u0), __cells AS (SELECT g0, row_number() OVER (ORDER BY CAST(g0 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(h2, 0) AS BIGINT) AS m2_hits, CAST(coalesce(f2, 0) AS BIGINT) AS m2_misses, CAST(coalesce(h3, 0) AS BIGINT) AS m3_hits, CAST(coalesce(f3, 0) AS BIGINT) AS m3_misses, CAST(coalesce(h4, 0) AS BIGINT) AS m4_hits, CAST(coalesce(f4, 0) AS BIGINT) AS m4_misses, CAST(coalesce(h5, 0) AS BIGINT) AS m5_hits, CAST(coalesce(f5, 0) AS BIGINT) AS m5_misses
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 "[18,65)"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 18 ""
-- ? text 0 "<18"
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 65 ""
-- ? text 0 "[18,65)"
-- ? text 0 ">=65"
-- ? text 0 ">=65"

-- table0.join0
SELECT CAST(count(*) AS BIGINT) AS n
FROM "claims" AS t0
WHERE NOT EXISTS (SELECT 1
FROM "population" AS t1
WHERE t0."__subject_person" = t1."__subject_person")
