-- Who wins each order: the last touch before it by (moment, id), at most the lookback old. One window, no ASOF JOIN, so that
-- every engine can run it. Tables: touches (person, moment, id, touch), sales (person, moment, id, sale).
SELECT sale, touch
FROM (
    SELECT
        sale,
        moment,
        last_value(touch IGNORE NULLS) OVER before AS touch,
        last_value(touched_at IGNORE NULLS) OVER before AS touched_at
    FROM (
        SELECT person, moment, id, touch, moment AS touched_at, CAST(NULL AS BIGINT) AS sale
        FROM touches
        UNION ALL
        SELECT person, moment, id, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), sale
        FROM sales
    ) AS moments
    WINDOW before AS (PARTITION BY person ORDER BY moment, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) AS seen
WHERE sale IS NOT NULL AND touched_at >= moment - ?
