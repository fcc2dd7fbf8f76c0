-- mapped, 2 threads
-- view population of population: district, birth, __subject_person
-- view course of : readmitted, score, cost, __subject_person
-- check0 is many_to_many
-- table by_district protects [{person population}]

-- check0
SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "__subject_person"
FROM "population"
WHERE "__subject_person" IN (SELECT "__subject_person"
FROM "course"
WHERE "__subject_person" IS NOT NULL
GROUP BY "__subject_person" HAVING count(*) > 1)
GROUP BY "__subject_person" HAVING count(*) > 1)

-- table0.cells
WITH __rows AS (SELECT t0."district" AS g0, t1."readmitted" AS g1, NULLIF(t0."__subject_person", 0) AS u0, t1."score" AS v1, t1."cost" AS v2, (CAST(CAST(? AS BIGINT) - year(t0."birth") - CASE WHEN month(t0."birth") * 100 + day(t0."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) >= CAST(? AS BIGINT)) AS v3, (t1."score" > CAST(? AS BIGINT)) AS v4
FROM "population" AS t0
JOIN "course" AS t1 ON t0."__subject_person" = t1."__subject_person")
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(v1), 0) AS BIGINT) AS m1_count, CAST(sum(v1) AS BIGINT) AS m1_sum, CAST(coalesce(count(v2), 0) AS BIGINT) AS m2_count, CAST(sum(v2) AS DECIMAL(18,2)) AS m2_sum, CAST(coalesce(count(*) FILTER (WHERE v3), 0) AS BIGINT) AS m3_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v3), 0) AS BIGINT) AS m3_misses, CAST(coalesce(count(*) FILTER (WHERE v4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v4), 0) AS BIGINT) AS m4_misses
FROM __rows
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 60 ""
-- ? integer 500 ""

-- table0.unit0
WITH __rows AS (SELECT t0."district" AS g0, t1."readmitted" AS g1, NULLIF(t0."__subject_person", 0) AS u0, t1."score" AS v1, t1."cost" AS v2, (CAST(CAST(? AS BIGINT) - year(t0."birth") - CASE WHEN month(t0."birth") * 100 + day(t0."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) >= CAST(? AS BIGINT)) AS v3, (t1."score" > CAST(? AS BIGINT)) AS v4
FROM "population" AS t0
JOIN "course" AS t1 ON t0."__subject_person" = t1."__subject_person")
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n, count(v1) AS c1, CAST(sum(v1) AS BIGINT) AS x1, max(v1) AS z1, count(v2) AS c2, CAST(sum(v2) AS DECIMAL(18,2)) AS x2, max(v2) AS z2, count(*) FILTER (WHERE v3) AS h3, count(*) FILTER (WHERE NOT v3) AS f3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
GROUP BY g0, g1, u0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(g1 AS VARCHAR) AS k1, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(s) FILTER (WHERE x1 IS NOT NULL), 0) AS BIGINT) AS m1_with, CAST(coalesce(least(count(s) FILTER (WHERE z1 <> 0), count(z1) FILTER (WHERE s IS NOT NULL) - coalesce(list_max(map_values(histogram(z1) FILTER (WHERE s IS NOT NULL))), 0)), 0) AS BIGINT) AS m1_nonzero, CAST(coalesce(sum(c1), 0) AS BIGINT) AS m1_count, CAST(sum(x1) AS BIGINT) AS m1_sum, CAST(list_extract(max(abs(x1), 2), 1) AS BIGINT) AS m1_first, CAST(list_extract(max(abs(x1), 2), 2) AS BIGINT) AS m1_second, CAST(sum(abs(x1)) AS BIGINT) AS m1_total, CAST(coalesce(count(s) FILTER (WHERE x2 IS NOT NULL), 0) AS BIGINT) AS m2_with, CAST(coalesce(least(count(s) FILTER (WHERE z2 <> 0.00), count(z2) FILTER (WHERE s IS NOT NULL) - coalesce(list_max(map_values(histogram(z2) FILTER (WHERE s IS NOT NULL))), 0)), 0) AS BIGINT) AS m2_nonzero, CAST(coalesce(sum(c2), 0) AS BIGINT) AS m2_count, CAST(sum(x2) AS DECIMAL(18,2)) AS m2_sum, CAST(list_extract(max(abs(x2), 2), 1) AS DECIMAL(18,2)) AS m2_first, CAST(list_extract(max(abs(x2), 2), 2) AS DECIMAL(18,2)) AS m2_second, CAST(sum(abs(x2)) AS DECIMAL(18,2)) AS m2_total, CAST(coalesce(sum(h3), 0) AS BIGINT) AS m3_hits, CAST(coalesce(sum(f3), 0) AS BIGINT) AS m3_misses, CAST(coalesce(count(s) FILTER (WHERE h3 + f3 > 0), 0) AS BIGINT) AS m3_with, CAST(coalesce(count(s) FILTER (WHERE h3 > 0), 0) AS BIGINT) AS m3_hitters, CAST(coalesce(count(s) FILTER (WHERE f3 > 0), 0) AS BIGINT) AS m3_missers, CAST(coalesce(sum(h4), 0) AS BIGINT) AS m4_hits, CAST(coalesce(sum(f4), 0) AS BIGINT) AS m4_misses, CAST(coalesce(count(s) FILTER (WHERE h4 + f4 > 0), 0) AS BIGINT) AS m4_with, CAST(coalesce(count(s) FILTER (WHERE h4 > 0), 0) AS BIGINT) AS m4_hitters, CAST(coalesce(count(s) FILTER (WHERE f4 > 0), 0) AS BIGINT) AS m4_missers
FROM __each
GROUP BY g0, g1
ORDER BY k0 NULLS LAST, k1 NULLS LAST
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 60 ""
-- ? integer 500 ""

-- table0.members0
WITH __rows AS (SELECT t0."district" AS g0, t1."readmitted" AS g1, NULLIF(t0."__subject_person", 0) AS u0, t1."score" AS v1, t1."cost" AS v2, (CAST(CAST(? AS BIGINT) - year(t0."birth") - CASE WHEN month(t0."birth") * 100 + day(t0."birth") > CAST(? AS BIGINT) THEN 1 ELSE 0 END AS BIGINT) >= CAST(? AS BIGINT)) AS v3, (t1."score" > CAST(? AS BIGINT)) AS v4
FROM "population" AS t0
JOIN "course" AS t1 ON t0."__subject_person" = t1."__subject_person")
, __each AS (SELECT g0, g1, u0 AS s, count(*) AS n, count(v1) AS c1, CAST(sum(v1) AS BIGINT) AS x1, count(v2) AS c2, CAST(sum(v2) AS DECIMAL(18,2)) AS x2, count(*) FILTER (WHERE v3) AS h3, count(*) FILTER (WHERE NOT v3) AS f3, count(*) FILTER (WHERE v4) AS h4, count(*) FILTER (WHERE NOT v4) AS f4
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, g1, u0), __cells AS (SELECT g0, g1, row_number() OVER (ORDER BY CAST(g0 AS VARCHAR) NULLS LAST, CAST(g1 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0, g1
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(c1, 0) AS BIGINT) AS m1_count, CAST(x1 AS BIGINT) AS m1_sum, CAST(coalesce(c2, 0) AS BIGINT) AS m2_count, CAST(x2 AS DECIMAL(18,2)) AS m2_sum, CAST(coalesce(h3, 0) AS BIGINT) AS m3_hits, CAST(coalesce(f3, 0) AS BIGINT) AS m3_misses, CAST(coalesce(h4, 0) AS BIGINT) AS m4_hits, CAST(coalesce(f4, 0) AS BIGINT) AS m4_misses
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0 AND __each.g1 IS NOT DISTINCT
FROM __cells.g1
-- ? integer 2024 ""
-- ? integer 101 ""
-- ? integer 60 ""
-- ? integer 500 ""

-- table0.join0
SELECT CAST(count(*) AS BIGINT) AS n
FROM "population" AS t0
WHERE NOT EXISTS (SELECT 1
FROM "course" AS t1
WHERE t0."__subject_person" = t1."__subject_person")
