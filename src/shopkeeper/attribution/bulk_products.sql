-- Who earns each line: among clicks that count for its product, the last one since the order before that held it, at most
-- the lookback old, unless the product lay in the cart when it was clicked. Tables: touches (person, moment, id, touch,
-- element), counted (element, product), sales (person, moment, id, sale), lines (sale, line, product),
-- moves (person, product, moment, id, added).
WITH bought AS (
    SELECT sales.person, lines.product, sales.moment, sales.id, lines.sale, lines.line
    FROM lines JOIN sales ON sales.sale = lines.sale
),
clicks AS (
    SELECT touches.person, counted.product, touches.moment, touches.id, touches.touch
    FROM touches
    JOIN counted ON counted.element = touches.element
    JOIN (SELECT DISTINCT person, product FROM bought) AS pairs
        ON pairs.person = touches.person AND pairs.product = counted.product
),
-- What lay in the cart at each click: the last move of the product before it.
carts AS (
    SELECT
        person,
        product,
        touch,
        last_value(added IGNORE NULLS) OVER before AS added,
        last_value(moved_at IGNORE NULLS) OVER before AS moved_at,
        last_value(moved_id IGNORE NULLS) OVER before AS moved_id
    FROM (
        SELECT person, product, moment, id, touch, CAST(NULL AS BIGINT) AS added, CAST(NULL AS BIGINT) AS moved_at, NULL AS moved_id
        FROM clicks
        WHERE person IN (SELECT person FROM moves)
        UNION ALL
        SELECT person, product, moment, id, CAST(NULL AS BIGINT), added, moment, id FROM moves
    ) AS moments
    WINDOW before AS (PARTITION BY person, product ORDER BY moment, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
-- When an order last emptied the cart before each click.
emptied AS (
    SELECT
        touch,
        last_value(sold_at IGNORE NULLS) OVER before AS sold_at,
        last_value(sold_id IGNORE NULLS) OVER before AS sold_id
    FROM (
        SELECT DISTINCT person, moment, id, touch, CAST(NULL AS BIGINT) AS sold_at, NULL AS sold_id
        FROM clicks
        WHERE person IN (SELECT person FROM moves)
        UNION ALL
        SELECT person, moment, id, CAST(NULL AS BIGINT), moment, id FROM sales WHERE person IN (SELECT person FROM moves)
    ) AS moments
    WINDOW before AS (PARTITION BY person ORDER BY moment, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
in_cart AS (
    SELECT carts.touch, carts.product
    FROM carts JOIN emptied ON emptied.touch = carts.touch
    WHERE carts.added = 1
        AND NOT (
            emptied.sold_at IS NOT NULL
            AND (emptied.sold_at > carts.moved_at OR (emptied.sold_at = carts.moved_at AND emptied.sold_id > carts.moved_id))
        )
),
-- Clicks that may earn and orders of the product in one stream: a click just before an order earns it, and an order
-- just before an order has used the clicks up.
seen AS (
    SELECT
        sale,
        product,
        moment,
        lag(touch) OVER before AS touch,
        lag(moment) OVER before AS touched_at
    FROM (
        SELECT clicks.person, clicks.product, clicks.moment, clicks.id, clicks.touch, CAST(NULL AS BIGINT) AS sale
        FROM clicks
        LEFT JOIN in_cart ON in_cart.touch = clicks.touch AND in_cart.product = clicks.product
        WHERE in_cart.touch IS NULL
        UNION ALL
        SELECT DISTINCT bought.person, bought.product, bought.moment, bought.id, CAST(NULL AS BIGINT), bought.sale
        FROM bought
        JOIN (SELECT DISTINCT person, product FROM clicks) AS pairs
            ON pairs.person = bought.person AND pairs.product = bought.product
    ) AS moments
    WINDOW before AS (PARTITION BY person, product ORDER BY moment, id)
)
SELECT bought.sale, bought.line, seen.touch
FROM seen JOIN bought ON bought.sale = seen.sale AND bought.product = seen.product
WHERE seen.sale IS NOT NULL AND seen.touch IS NOT NULL AND seen.touched_at >= seen.moment - ?
