-- What Complete Journey's own tables say about each campaign, written without any of the program's code or tables.
-- Times are epoch microseconds; a session ends with half an hour of silence, orders count as signs of life.
WITH
lines AS (
    SELECT household_id AS who, basket_id, epoch_us(transaction_timestamp) AS moment, product_id,
           SUM(CAST(round(sales_value * 100) AS BIGINT)) AS cents
    FROM transactions GROUP BY ALL
),
orders AS (SELECT who, basket_id, moment, SUM(cents) AS cents FROM lines GROUP BY ALL),
clicks AS (
    SELECT household_id AS who, campaign_id, coupon_upc,
           epoch_us(redemption_date) + 1000000 * row_number() OVER (
               PARTITION BY household_id, redemption_date ORDER BY file_row_number) AS moment
    FROM coupon_redemptions
),
shown AS (
    SELECT c.household_id AS who, c.campaign_id, epoch_us(d.start_date) AS moment
    FROM campaigns c JOIN campaign_descriptions d USING (campaign_id)
),
moments AS (
    SELECT who, moment FROM orders UNION SELECT who, moment FROM clicks UNION SELECT who, moment FROM shown
),
sessions AS (
    SELECT who, moment, SUM(CASE WHEN gap < 1800000000 THEN 0 ELSE 1 END) OVER (PARTITION BY who ORDER BY moment) AS session
    FROM (SELECT who, moment, moment - lag(moment) OVER (PARTITION BY who ORDER BY moment) AS gap FROM moments)
),
started AS (
    SELECT campaign_id, COUNT(DISTINCT (who, session)) AS started, COUNT(DISTINCT who) AS profiles
    FROM shown JOIN sessions USING (who, moment) GROUP BY ALL
),
clicked AS (
    SELECT campaign_id, COUNT(DISTINCT (who, session)) AS clicks FROM clicks JOIN sessions USING (who, moment) GROUP BY ALL
),
-- Order credit: the last click of the household in the 24 hours before the order.
won AS (
    SELECT o.basket_id, any_value(o.cents) AS cents, arg_max(c.campaign_id, c.moment) AS campaign_id
    FROM orders o JOIN clicks c ON c.who = o.who AND c.moment < o.moment AND c.moment >= o.moment - 86400000000
    GROUP BY o.basket_id
),
order_credit AS (SELECT campaign_id, COUNT(*) AS orders, SUM(cents) AS value_cents FROM won GROUP BY ALL),
-- Product credit: a click on a coupon earns the line of the first later order of each of its products, within 7 days;
-- of several clicks that may earn a line the last does.
reaching AS (
    SELECT c.who, c.campaign_id, c.moment AS clicked_at, p.product_id,
           MIN(l.moment) AS bought_at
    FROM clicks c
    JOIN (SELECT DISTINCT campaign_id, coupon_upc, product_id FROM coupons) p USING (campaign_id, coupon_upc)
    JOIN lines l ON l.who = c.who AND l.product_id = p.product_id AND l.moment > c.moment
    GROUP BY ALL
),
earned AS (
    SELECT l.basket_id, l.product_id, any_value(l.cents) AS cents, arg_max(r.campaign_id, r.clicked_at) AS campaign_id
    FROM reaching r JOIN lines l ON l.who = r.who AND l.product_id = r.product_id AND l.moment = r.bought_at
    WHERE r.bought_at <= r.clicked_at + 604800000000
    GROUP BY l.basket_id, l.product_id
),
product_credit AS (
    SELECT campaign_id, COUNT(*) AS lines, COUNT(DISTINCT basket_id) AS orders, SUM(cents) AS value_cents
    FROM earned GROUP BY ALL
)
SELECT d.campaign_id, coalesce(started, 0), coalesce(profiles, 0), coalesce(clicks, 0),
       coalesce(o.orders, 0), coalesce(o.value_cents, 0),
       coalesce(p.lines, 0), coalesce(p.orders, 0), coalesce(p.value_cents, 0)
FROM campaign_descriptions d
LEFT JOIN started USING (campaign_id) LEFT JOIN clicked USING (campaign_id)
LEFT JOIN order_credit o USING (campaign_id) LEFT JOIN product_credit p USING (campaign_id)
ORDER BY d.campaign_id
