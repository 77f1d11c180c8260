-- Every event once, at every instant: the object that the ledger names for an hour, and those objects of the stream that are
-- not in it yet, each uuid once. A filter on tenant and day reads only those partitions.
CREATE OR REPLACE VIEW okta_events AS
WITH merged AS (
  SELECT tenant, day, substr(hour, 12, 2) AS hour, input
  FROM okta_ledger CROSS JOIN UNNEST(inputs) AS t (input)
),
sealed AS (
  SELECT s.*
  FROM okta_sealed s
  JOIN okta_ledger l
    ON l.tenant = s.tenant AND l.day = s.day AND substr(l.hour, 12, 2) = s.hour
   AND regexp_extract(s."$path", '[^/]+/[^/]+$') = regexp_extract(l.object, '[^/]+/[^/]+$')
),
fresh AS (
  SELECT v.*, row_number() OVER (PARTITION BY v.tenant, v.metadata.uid ORDER BY v.metadata.processed_time) AS copy
  FROM okta_live v
  LEFT JOIN merged m
    ON m.tenant = v.tenant AND m.day = v.day AND m.hour = v.hour AND m.input = regexp_extract(v."$path", '[^/]+$')
  LEFT JOIN sealed s
    ON s.tenant = v.tenant AND s.day = v.day AND s.hour = v.hour AND s.metadata.uid = v.metadata.uid
  WHERE m.input IS NULL AND s.tenant IS NULL
)
SELECT @@event_columns, tenant, day, hour, TRUE AS is_sealed FROM sealed
UNION ALL
SELECT @@event_columns, tenant, day, hour, FALSE AS is_sealed FROM fresh WHERE copy = 1
