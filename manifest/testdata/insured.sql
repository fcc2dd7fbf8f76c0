-- verified, 2 threads
-- view insurance of insurance: status, paid_until, paid, months, branch, __subject_person
-- view people of population: alive, __subject_person
-- view branches of branches: branch, region
-- check0 is many_to_many
-- check1 is not_unique
-- question insured about one person: 3 answers, 1585 millibits, reads [{insurance insurance status 3} {insurance insurance paid_until 3} {insurance insurance paid 3} {insurance insurance branch 3} {people population alive 3} {branches branches branch 1} {branches branches region 1}]
-- question active about one person: 2 answers, 1000 millibits, reads [{insurance insurance months 3}]

-- check0
SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "__subject_person"
FROM "insurance"
WHERE "__subject_person" IN (SELECT "__subject_person"
FROM "people"
WHERE "__subject_person" IS NOT NULL
GROUP BY "__subject_person" HAVING count(*) > 1)
GROUP BY "__subject_person" HAVING count(*) > 1)

-- check1
SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "branch"
FROM "branches"
WHERE "branch" IS NOT NULL
GROUP BY "branch" HAVING count(*) > 1)

-- answer0.listed
SELECT CAST(count(DISTINCT "__subject_person") AS BIGINT) AS n
FROM "insurance"
WHERE "__subject_person" <> 0

-- answer0.census0
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, ((t0."paid_until" >= CAST(? AS DATE)) AND (t2."region" = CAST(? AS VARCHAR))) AS v0, t0."paid" AS v1, (CAST(year(t0."paid_until") AS BIGINT) > CAST(? AS BIGINT)) AS v2
FROM "insurance" AS t0
JOIN "people" AS t1 ON t0."__subject_person" = t1."__subject_person"
JOIN "branches" AS t2 ON t0."branch" = t2."branch"
WHERE ((t0."status" IN (CAST(? AS VARCHAR), CAST(? AS VARCHAR))) AND (NOT (t1."alive" = FALSE))))
, __each AS (SELECT count(*) AS n, count(*) FILTER (WHERE v0) AS a0, sum(v1) AS a1, count(*) FILTER (WHERE v2) AS a2
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY u0), __answers AS (SELECT CASE WHEN n = 0 THEN 2 WHEN ((a0 > 0) AND (a1 >= CAST(? AS BIGINT))) THEN 0 WHEN ((n >= CAST(? AS BIGINT)) OR (a2 = n)) THEN 1 ELSE 2 END AS a
FROM __each)
SELECT CAST(coalesce(count(*) FILTER (WHERE a = 0), 0) AS BIGINT) AS a0, CAST(coalesce(count(*) FILTER (WHERE a = 1), 0) AS BIGINT) AS a1
FROM __answers
-- ? text 0 "2023-01-01"
-- ? text 0 "东"
-- ? integer 2020 ""
-- ? text 0 "A"
-- ? text 0 "B"
-- ? integer 100 ""
-- ? integer 1 ""

-- answer0.census1
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, ((t0."paid_until" >= CAST(? AS DATE)) AND (t2."region" = CAST(? AS VARCHAR))) AS v0, t0."paid" AS v1, (CAST(year(t0."paid_until") AS BIGINT) > CAST(? AS BIGINT)) AS v2
FROM "insurance" AS t0
JOIN "people" AS t1 ON t0."__subject_person" = t1."__subject_person"
JOIN "branches" AS t2 ON t0."branch" = t2."branch"
WHERE ((t0."status" IN (CAST(? AS VARCHAR), CAST(? AS VARCHAR))) AND (NOT (t1."alive" = FALSE))))
, __each AS (SELECT count(*) AS n, count(*) FILTER (WHERE v0) AS a0, sum(v1) AS a1, count(*) FILTER (WHERE v2) AS a2
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY u0), __answers AS (SELECT CASE WHEN n = 0 THEN 2 WHEN ((a0 > 0) AND (a1 >= CAST(? AS DECIMAL(5,1)))) THEN 0 WHEN ((n >= CAST(? AS BIGINT)) OR (a2 = n)) THEN 1 ELSE 2 END AS a
FROM __each)
SELECT CAST(coalesce(count(*) FILTER (WHERE a = 0), 0) AS BIGINT) AS a0, CAST(coalesce(count(*) FILTER (WHERE a = 1), 0) AS BIGINT) AS a1
FROM __answers
-- ? text 0 "2023-01-01"
-- ? text 0 "东"
-- ? integer 2020 ""
-- ? text 0 "A"
-- ? text 0 "B"
-- ? text 0 "1000.5"
-- ? integer 1 ""

-- answer0.census2
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, ((t0."paid_until" >= CAST(? AS DATE)) AND (t2."region" = CAST(? AS VARCHAR))) AS v0, t0."paid" AS v1, (CAST(year(t0."paid_until") AS BIGINT) > CAST(? AS BIGINT)) AS v2
FROM "insurance" AS t0
JOIN "people" AS t1 ON t0."__subject_person" = t1."__subject_person"
JOIN "branches" AS t2 ON t0."branch" = t2."branch"
WHERE ((t0."status" IN (CAST(? AS VARCHAR), CAST(? AS VARCHAR))) AND (NOT (t1."alive" = FALSE))))
, __each AS (SELECT count(*) AS n, count(*) FILTER (WHERE v0) AS a0, sum(v1) AS a1, count(*) FILTER (WHERE v2) AS a2
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY u0), __answers AS (SELECT CASE WHEN n = 0 THEN 2 WHEN ((a0 > 0) AND (a1 >= CAST(? AS BIGINT))) THEN 0 WHEN ((n >= CAST(? AS BIGINT)) OR (a2 = n)) THEN 1 ELSE 2 END AS a
FROM __each)
SELECT CAST(coalesce(count(*) FILTER (WHERE a = 0), 0) AS BIGINT) AS a0, CAST(coalesce(count(*) FILTER (WHERE a = 1), 0) AS BIGINT) AS a1
FROM __answers
-- ? text 0 "2024-01-01"
-- ? text 0 "东"
-- ? integer 2020 ""
-- ? text 0 "A"
-- ? text 0 "B"
-- ? integer 100 ""
-- ? integer 1 ""

-- answer0.census3
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, ((t0."paid_until" >= CAST(? AS DATE)) AND (t2."region" = CAST(? AS VARCHAR))) AS v0, t0."paid" AS v1, (CAST(year(t0."paid_until") AS BIGINT) > CAST(? AS BIGINT)) AS v2
FROM "insurance" AS t0
JOIN "people" AS t1 ON t0."__subject_person" = t1."__subject_person"
JOIN "branches" AS t2 ON t0."branch" = t2."branch"
WHERE ((t0."status" IN (CAST(? AS VARCHAR), CAST(? AS VARCHAR))) AND (NOT (t1."alive" = FALSE))))
, __each AS (SELECT count(*) AS n, count(*) FILTER (WHERE v0) AS a0, sum(v1) AS a1, count(*) FILTER (WHERE v2) AS a2
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY u0), __answers AS (SELECT CASE WHEN n = 0 THEN 2 WHEN ((a0 > 0) AND (a1 >= CAST(? AS DECIMAL(5,1)))) THEN 0 WHEN ((n >= CAST(? AS BIGINT)) OR (a2 = n)) THEN 1 ELSE 2 END AS a
FROM __each)
SELECT CAST(coalesce(count(*) FILTER (WHERE a = 0), 0) AS BIGINT) AS a0, CAST(coalesce(count(*) FILTER (WHERE a = 1), 0) AS BIGINT) AS a1
FROM __answers
-- ? text 0 "2024-01-01"
-- ? text 0 "东"
-- ? integer 2020 ""
-- ? text 0 "A"
-- ? text 0 "B"
-- ? text 0 "1000.5"
-- ? integer 1 ""

-- answer1.listed
SELECT CAST(count(DISTINCT "__subject_person") AS BIGINT) AS n
FROM "insurance"
WHERE "__subject_person" <> 0

-- answer1.census0
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, t0."months" AS v0
FROM "insurance" AS t0)
, __each AS (SELECT count(*) AS n, sum(v0) AS a0
FROM __rows
WHERE u0 IS NOT NULL
GROUP BY u0), __answers AS (SELECT CASE WHEN n = 0 THEN 1 WHEN (NOT (a0 BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT))) THEN 0 ELSE 1 END AS a
FROM __each)
SELECT CAST(coalesce(count(*) FILTER (WHERE a = 0), 0) AS BIGINT) AS a0
FROM __answers
-- ? integer -5 ""
-- ? integer 11 ""

-- answer0.ask
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, ((t0."paid_until" >= CAST(? AS DATE)) AND (t2."region" = CAST(? AS VARCHAR))) AS v0, t0."paid" AS v1, (CAST(year(t0."paid_until") AS BIGINT) > CAST(? AS BIGINT)) AS v2
FROM "insurance" AS t0
JOIN "people" AS t1 ON t0."__subject_person" = t1."__subject_person"
JOIN "branches" AS t2 ON t0."branch" = t2."branch"
WHERE ((t0."status" IN (CAST(? AS VARCHAR), CAST(? AS VARCHAR))) AND (NOT (t1."alive" = FALSE))))
, __each AS (SELECT count(*) AS n, count(*) FILTER (WHERE v0) AS a0, sum(v1) AS a1, count(*) FILTER (WHERE v2) AS a2
FROM __rows
WHERE u0 = CAST(? AS BIGINT))
SELECT CAST(CASE WHEN (SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "__subject_person"
FROM "insurance"
WHERE "__subject_person" IN (SELECT "__subject_person"
FROM "people"
WHERE "__subject_person" IS NOT NULL
GROUP BY "__subject_person" HAVING count(*) > 1)
GROUP BY "__subject_person" HAVING count(*) > 1)) <> 0 THEN -1 WHEN (SELECT CAST(count(*) AS BIGINT) AS n
FROM (SELECT "branch"
FROM "branches"
WHERE "branch" IS NOT NULL
GROUP BY "branch" HAVING count(*) > 1)) <> 0 THEN -1 WHEN true THEN CASE WHEN n = 0 THEN 2 WHEN ((a0 > 0) AND (a1 >= CAST(? AS BIGINT))) THEN 0 WHEN ((n >= CAST(? AS BIGINT)) OR (a2 = n)) THEN 1 ELSE 2 END END AS BIGINT) AS answer
FROM __each
-- ? text 0 "2023-01-01"
-- ? text 0 "东"
-- ? integer 2020 ""
-- ? text 0 "A"
-- ? text 0 "B"
-- ? integer 7 ""
-- ? integer 100 ""
-- ? integer 1 ""

-- answer1.ask
WITH __rows AS (SELECT NULLIF(t0."__subject_person", 0) AS u0, t0."months" AS v0
FROM "insurance" AS t0)
, __each AS (SELECT count(*) AS n, sum(v0) AS a0
FROM __rows
WHERE u0 = CAST(? AS BIGINT))
SELECT CAST(CASE WHEN true THEN CASE WHEN n = 0 THEN 1 WHEN (NOT (a0 BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT))) THEN 0 ELSE 1 END END AS BIGINT) AS answer
FROM __each
-- ? integer 7 ""
-- ? integer -5 ""
-- ? integer 11 ""
