-- Addresses with the most failed sign-ins of the last day.
SELECT src_endpoint.ip AS ip, src_endpoint.location.country AS country, count(*) AS failures, count(DISTINCT actor.user.uid) AS users
FROM okta_events
WHERE day >= format_datetime(current_timestamp - INTERVAL '1' DAY, 'yyyy-MM-dd') AND class_uid = 3002 AND status_id = 2
GROUP BY 1, 2
ORDER BY failures DESC
LIMIT 50
