-- verified, 2 threads
-- view claims of claims: icd_chapter, cost, days, urgent, __subject_person
-- table by_stay protects [{person claims}]
-- model odds of [{intercept false} {cost false} {stay [2,7) true} {stay >=7 true} {icd_chapter = 'IX' true}] protects [{person claims}]
-- model survival of [{cost false}] protects [{person claims}]

-- table0.cells
WITH __rows AS (SELECT CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g0, NULLIF(t0."__subject_person", 0) AS u0, t0."urgent" AS v1
FROM "claims" AS t0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(*) FILTER (WHERE v1), 0) AS BIGINT) AS m1_hits, CAST(coalesce(count(*) FILTER (WHERE NOT v1), 0) AS BIGINT) AS m1_misses
FROM __rows
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"

-- table0.unit0
WITH __rows AS (SELECT CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g0, NULLIF(t0."__subject_person", 0) AS u0, t0."urgent" AS v1
FROM "claims" AS t0)
, __each AS (SELECT g0, u0 AS s, count(*) AS n, count(*) FILTER (WHERE v1) AS h1, count(*) FILTER (WHERE NOT v1) AS f1
FROM __rows
GROUP BY g0, u0)
SELECT CAST(g0 AS VARCHAR) AS k0, CAST(coalesce(count(s), 0) AS BIGINT) AS n_subjects, CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(coalesce(sum(h1), 0) AS BIGINT) AS m1_hits, CAST(coalesce(sum(f1), 0) AS BIGINT) AS m1_misses, CAST(coalesce(count(s) FILTER (WHERE h1 + f1 > 0), 0) AS BIGINT) AS m1_with, CAST(coalesce(count(s) FILTER (WHERE h1 > 0), 0) AS BIGINT) AS m1_hitters, CAST(coalesce(count(s) FILTER (WHERE f1 > 0), 0) AS BIGINT) AS m1_missers
FROM __each
GROUP BY g0
ORDER BY k0 NULLS LAST
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"

-- table0.members0
WITH __rows AS (SELECT CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END AS g0, NULLIF(t0."__subject_person", 0) AS u0, t0."urgent" AS v1
FROM "claims" AS t0)
, __each AS (SELECT g0, u0 AS s, count(*) AS n, count(*) FILTER (WHERE v1) AS h1, count(*) FILTER (WHERE NOT v1) AS f1
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY g0, u0), __cells AS (SELECT g0, row_number() OVER (ORDER BY CAST(g0 AS VARCHAR) NULLS LAST) - 1 AS cell
FROM (SELECT DISTINCT g0
FROM __rows))
SELECT CAST(coalesce(cell, 0) AS BIGINT) AS cell, CAST(coalesce(s, 0) AS BIGINT) AS subject, CAST(coalesce(n, 0) AS BIGINT) AS n_rows, CAST(coalesce(h1, 0) AS BIGINT) AS m1_hits, CAST(coalesce(f1, 0) AS BIGINT) AS m1_misses
FROM __each
JOIN __cells ON __each.g0 IS NOT DISTINCT
FROM __cells.g0
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"

-- model0.score
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."cost" AS DOUBLE) AS v1, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v2, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v3, CAST((t0."icd_chapter" = CAST(? AS VARCHAR)) AS DOUBLE) AS v4, t0."cost" AS w1
FROM "claims" AS t0
WHERE (t0."cost" > CAST(? AS BIGINT))), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL AND v3 IS NOT NULL AND v4 IS NOT NULL), __fit AS (SELECT *, CAST(? AS DOUBLE) * CAST(1 AS DOUBLE) + CAST(? AS DOUBLE) * v1 + CAST(? AS DOUBLE) * v2 + CAST(? AS DOUBLE) * v3 + CAST(? AS DOUBLE) * v4 AS eta
FROM __full), __mean AS (SELECT *, 1 / (1 + exp(-eta)) AS mu
FROM __fit), __work AS (SELECT *, v0 - mu AS r, mu * (1 - mu) AS w
FROM __mean)
SELECT CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(*) FILTER (WHERE false), 0) AS BIGINT) AS n_outside, CAST(coalesce(fsum(r * r), 0) AS DOUBLE) AS residuals, CAST(coalesce(fsum(v0 * v0), 0) AS DOUBLE) AS responses, CAST(coalesce(fsum(r * CAST(1 AS DOUBLE)), 0) AS DOUBLE) AS u0, CAST(coalesce(fsum(r * v1), 0) AS DOUBLE) AS u1, CAST(coalesce(fsum(r * v2), 0) AS DOUBLE) AS u2, CAST(coalesce(fsum(r * v3), 0) AS DOUBLE) AS u3, CAST(coalesce(fsum(r * v4), 0) AS DOUBLE) AS u4, CAST(coalesce(fsum(w * CAST(1 AS DOUBLE) * CAST(1 AS DOUBLE)), 0) AS DOUBLE) AS i0_0, CAST(coalesce(fsum(w * CAST(1 AS DOUBLE) * v1), 0) AS DOUBLE) AS i0_1, CAST(coalesce(fsum(w * CAST(1 AS DOUBLE) * v2), 0) AS DOUBLE) AS i0_2, CAST(coalesce(fsum(w * CAST(1 AS DOUBLE) * v3), 0) AS DOUBLE) AS i0_3, CAST(coalesce(fsum(w * CAST(1 AS DOUBLE) * v4), 0) AS DOUBLE) AS i0_4, CAST(coalesce(fsum(w * v1 * v1), 0) AS DOUBLE) AS i1_1, CAST(coalesce(fsum(w * v1 * v2), 0) AS DOUBLE) AS i1_2, CAST(coalesce(fsum(w * v1 * v3), 0) AS DOUBLE) AS i1_3, CAST(coalesce(fsum(w * v1 * v4), 0) AS DOUBLE) AS i1_4, CAST(coalesce(fsum(w * v2 * v2), 0) AS DOUBLE) AS i2_2, CAST(coalesce(fsum(w * v2 * v3), 0) AS DOUBLE) AS i2_3, CAST(coalesce(fsum(w * v2 * v4), 0) AS DOUBLE) AS i2_4, CAST(coalesce(fsum(w * v3 * v3), 0) AS DOUBLE) AS i3_3, CAST(coalesce(fsum(w * v3 * v4), 0) AS DOUBLE) AS i3_4, CAST(coalesce(fsum(w * v4 * v4), 0) AS DOUBLE) AS i4_4
FROM __work
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 "[2,7)"
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 ">=7"
-- ? text 0 "IX"
-- ? integer 0 ""
-- ? text 0 "0"
-- ? text 0 "0"
-- ? text 0 "0"
-- ? text 0 "0"
-- ? text 0 "0"

-- model0.unit0
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."cost" AS DOUBLE) AS v1, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v2, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v3, CAST((t0."icd_chapter" = CAST(? AS VARCHAR)) AS DOUBLE) AS v4, t0."cost" AS w1
FROM "claims" AS t0
WHERE (t0."cost" > CAST(? AS BIGINT))), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL AND v3 IS NOT NULL AND v4 IS NOT NULL)
, __each AS (SELECT u0 AS s, count(*) FILTER (WHERE true) AS nm0, count(*) FILTER (WHERE true AND v0 = 1) AS hm0, count(*) FILTER (WHERE true AND v0 = 0) AS fm0, count(*) FILTER (WHERE v2 = 0) AS nm1, count(*) FILTER (WHERE v2 = 0 AND v0 = 1) AS hm1, count(*) FILTER (WHERE v2 = 0 AND v0 = 0) AS fm1, count(*) FILTER (WHERE v2 = 1) AS nm2, count(*) FILTER (WHERE v2 = 1 AND v0 = 1) AS hm2, count(*) FILTER (WHERE v2 = 1 AND v0 = 0) AS fm2, count(*) FILTER (WHERE v3 = 0) AS nm3, count(*) FILTER (WHERE v3 = 0 AND v0 = 1) AS hm3, count(*) FILTER (WHERE v3 = 0 AND v0 = 0) AS fm3, count(*) FILTER (WHERE v3 = 1) AS nm4, count(*) FILTER (WHERE v3 = 1 AND v0 = 1) AS hm4, count(*) FILTER (WHERE v3 = 1 AND v0 = 0) AS fm4, count(*) FILTER (WHERE v4 = 0) AS nm5, count(*) FILTER (WHERE v4 = 0 AND v0 = 1) AS hm5, count(*) FILTER (WHERE v4 = 0 AND v0 = 0) AS fm5, count(*) FILTER (WHERE v4 = 1) AS nm6, count(*) FILTER (WHERE v4 = 1 AND v0 = 1) AS hm6, count(*) FILTER (WHERE v4 = 1 AND v0 = 0) AS fm6
FROM __full
GROUP BY u0)
SELECT CAST(coalesce(count(s) FILTER (WHERE nm0 > 0), 0) AS BIGINT) AS m0_subjects, CAST(coalesce(count(s) FILTER (WHERE hm0 > 0), 0) AS BIGINT) AS m0_hitters, CAST(coalesce(count(s) FILTER (WHERE fm0 > 0), 0) AS BIGINT) AS m0_missers, CAST(coalesce(count(s) FILTER (WHERE nm1 > 0), 0) AS BIGINT) AS m1_subjects, CAST(coalesce(count(s) FILTER (WHERE hm1 > 0), 0) AS BIGINT) AS m1_hitters, CAST(coalesce(count(s) FILTER (WHERE fm1 > 0), 0) AS BIGINT) AS m1_missers, CAST(coalesce(count(s) FILTER (WHERE nm2 > 0), 0) AS BIGINT) AS m2_subjects, CAST(coalesce(count(s) FILTER (WHERE hm2 > 0), 0) AS BIGINT) AS m2_hitters, CAST(coalesce(count(s) FILTER (WHERE fm2 > 0), 0) AS BIGINT) AS m2_missers, CAST(coalesce(count(s) FILTER (WHERE nm3 > 0), 0) AS BIGINT) AS m3_subjects, CAST(coalesce(count(s) FILTER (WHERE hm3 > 0), 0) AS BIGINT) AS m3_hitters, CAST(coalesce(count(s) FILTER (WHERE fm3 > 0), 0) AS BIGINT) AS m3_missers, CAST(coalesce(count(s) FILTER (WHERE nm4 > 0), 0) AS BIGINT) AS m4_subjects, CAST(coalesce(count(s) FILTER (WHERE hm4 > 0), 0) AS BIGINT) AS m4_hitters, CAST(coalesce(count(s) FILTER (WHERE fm4 > 0), 0) AS BIGINT) AS m4_missers, CAST(coalesce(count(s) FILTER (WHERE nm5 > 0), 0) AS BIGINT) AS m5_subjects, CAST(coalesce(count(s) FILTER (WHERE hm5 > 0), 0) AS BIGINT) AS m5_hitters, CAST(coalesce(count(s) FILTER (WHERE fm5 > 0), 0) AS BIGINT) AS m5_missers, CAST(coalesce(count(s) FILTER (WHERE nm6 > 0), 0) AS BIGINT) AS m6_subjects, CAST(coalesce(count(s) FILTER (WHERE hm6 > 0), 0) AS BIGINT) AS m6_hitters, CAST(coalesce(count(s) FILTER (WHERE fm6 > 0), 0) AS BIGINT) AS m6_missers
FROM __each
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 "[2,7)"
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 ">=7"
-- ? text 0 "IX"
-- ? integer 0 ""

-- model0.patterns
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."cost" AS DOUBLE) AS v1, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v2, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v3, CAST((t0."icd_chapter" = CAST(? AS VARCHAR)) AS DOUBLE) AS v4, t0."cost" AS w1
FROM "claims" AS t0
WHERE (t0."cost" > CAST(? AS BIGINT))), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL AND v3 IS NOT NULL AND v4 IS NOT NULL)
SELECT CAST(v2 AS BIGINT) AS k2, CAST(v3 AS BIGINT) AS k3, CAST(v4 AS BIGINT) AS k4, CAST(coalesce(count(*), 0) AS BIGINT) AS n_rows, CAST(coalesce(count(DISTINCT u0), 0) AS BIGINT) AS u0_subjects, CAST(coalesce(count(DISTINCT u0) FILTER (WHERE v0 = 1), 0) AS BIGINT) AS u0_hitters, CAST(coalesce(count(DISTINCT u0) FILTER (WHERE v0 = 0), 0) AS BIGINT) AS u0_missers
FROM __full
GROUP BY k2, k3, k4
ORDER BY k2, k3, k4 LIMIT 4097
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 "[2,7)"
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 ">=7"
-- ? text 0 "IX"
-- ? integer 0 ""

-- model0.members0
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."cost" AS DOUBLE) AS v1, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v2, CAST((CASE WHEN t0."days" IS NULL THEN NULL WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) WHEN t0."days" < CAST(? AS BIGINT) THEN CAST(? AS VARCHAR) ELSE CAST(? AS VARCHAR) END = CAST(? AS VARCHAR)) AS DOUBLE) AS v3, CAST((t0."icd_chapter" = CAST(? AS VARCHAR)) AS DOUBLE) AS v4, t0."cost" AS w1
FROM "claims" AS t0
WHERE (t0."cost" > CAST(? AS BIGINT))), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL AND v3 IS NOT NULL AND v4 IS NOT NULL)
SELECT CAST(coalesce(u0, 0) AS BIGINT) AS subject, CAST(coalesce(count(*) FILTER (WHERE true), 0) AS BIGINT) AS n0, CAST(coalesce(count(*) FILTER (WHERE true AND v0 = 1), 0) AS BIGINT) AS h0, CAST(coalesce(count(*) FILTER (WHERE v2 = 0), 0) AS BIGINT) AS n1, CAST(coalesce(count(*) FILTER (WHERE v2 = 0 AND v0 = 1), 0) AS BIGINT) AS h1, CAST(coalesce(count(*) FILTER (WHERE v2 = 1), 0) AS BIGINT) AS n2, CAST(coalesce(count(*) FILTER (WHERE v2 = 1 AND v0 = 1), 0) AS BIGINT) AS h2, CAST(coalesce(count(*) FILTER (WHERE v3 = 0), 0) AS BIGINT) AS n3, CAST(coalesce(count(*) FILTER (WHERE v3 = 0 AND v0 = 1), 0) AS BIGINT) AS h3, CAST(coalesce(count(*) FILTER (WHERE v3 = 1), 0) AS BIGINT) AS n4, CAST(coalesce(count(*) FILTER (WHERE v3 = 1 AND v0 = 1), 0) AS BIGINT) AS h4, CAST(coalesce(count(*) FILTER (WHERE v4 = 0), 0) AS BIGINT) AS n5, CAST(coalesce(count(*) FILTER (WHERE v4 = 0 AND v0 = 1), 0) AS BIGINT) AS h5, CAST(coalesce(count(*) FILTER (WHERE v4 = 1), 0) AS BIGINT) AS n6, CAST(coalesce(count(*) FILTER (WHERE v4 = 1 AND v0 = 1), 0) AS BIGINT) AS h6, CAST(sum(w1) AS DECIMAL(18,2)) AS x1
FROM __full
WHERE u0 IS NOT NULL
GROUP BY u0
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 "[2,7)"
-- ? integer 2 ""
-- ? text 0 "<2"
-- ? integer 7 ""
-- ? text 0 "[2,7)"
-- ? text 0 ">=7"
-- ? text 0 ">=7"
-- ? text 0 "IX"
-- ? integer 0 ""

-- model1.score
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."days" AS DOUBLE) AS v1, CAST(t0."cost" AS DOUBLE) AS v2, t0."days" AS w1, t0."cost" AS w2
FROM "claims" AS t0), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL), __fit AS (SELECT *, CAST(? AS DOUBLE) * v2 AS eta
FROM __full), __work AS (SELECT *, exp(least(eta - (SELECT avg(eta)
FROM __fit), 700)) AS e
FROM __fit), __times AS (SELECT v1 AS t, count(*) AS n, count(*) FILTER (WHERE v1 < 0) AS outside, fsum(v0) AS d, fsum(e) AS s, fsum(v0 * v2) AS d0, fsum(e * v2) AS s0, fsum(v2) AS x0, fsum(e * v2 * v2) AS s0_0, fsum(v2 * v2) AS x0_0
FROM __work
GROUP BY v1), __sets AS (SELECT n, outside, d, sum(s) OVER w AS s, d0, x0, sum(s0) OVER w AS s0, x0_0, sum(s0_0) OVER w AS s0_0
FROM __times WINDOW w AS (ORDER BY t DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS n_rows, CAST(coalesce(sum(outside), 0) AS BIGINT) AS n_outside, CAST(coalesce(CAST(0 AS DOUBLE), 0) AS DOUBLE) AS residuals, CAST(coalesce(fsum(d), 0) AS DOUBLE) AS responses, CAST(coalesce(fsum(d0 - d * s0 / s), 0) AS DOUBLE) AS u0, CAST(coalesce(fsum(d * (s0_0 / s - s0 / s * (s0 / s))), 0) AS DOUBLE) AS i0_0, CAST(coalesce(fsum(x0), 0) AS DOUBLE) AS x0, CAST(coalesce(fsum(x0_0), 0) AS DOUBLE) AS x0_0
FROM __sets
-- ? text 0 "0"

-- model1.unit0
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."days" AS DOUBLE) AS v1, CAST(t0."cost" AS DOUBLE) AS v2, t0."days" AS w1, t0."cost" AS w2
FROM "claims" AS t0), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL)
, __each AS (SELECT u0 AS s, count(*) FILTER (WHERE true) AS nm0, count(*) FILTER (WHERE true AND v0 = 1) AS hm0, count(*) FILTER (WHERE true AND v0 = 0) AS fm0
FROM __full
GROUP BY u0)
SELECT CAST(coalesce(count(s) FILTER (WHERE nm0 > 0), 0) AS BIGINT) AS m0_subjects, CAST(coalesce(count(s) FILTER (WHERE hm0 > 0), 0) AS BIGINT) AS m0_hitters, CAST(coalesce(count(s) FILTER (WHERE fm0 > 0), 0) AS BIGINT) AS m0_missers
FROM __each

-- model1.members0
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, CAST(t0."urgent" AS DOUBLE) AS v0, CAST(t0."days" AS DOUBLE) AS v1, CAST(t0."cost" AS DOUBLE) AS v2, t0."days" AS w1, t0."cost" AS w2
FROM "claims" AS t0), __full AS (SELECT *
FROM __rows
WHERE v0 IS NOT NULL AND v1 IS NOT NULL AND v2 IS NOT NULL)
SELECT CAST(coalesce(u0, 0) AS BIGINT) AS subject, CAST(coalesce(count(*) FILTER (WHERE true), 0) AS BIGINT) AS n0, CAST(coalesce(count(*) FILTER (WHERE true AND v0 = 1), 0) AS BIGINT) AS h0, CAST(sum(w1) AS BIGINT) AS x1, CAST(sum(w2) AS DECIMAL(18,2)) AS x2
FROM __full
WHERE u0 IS NOT NULL
GROUP BY u0
