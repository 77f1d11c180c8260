-- What changed of an entity in the last week, who did it, and what the log does not explain.
SELECT entity, change, name, id, explanation, event_code, actor_name, from_unixtime(event_time / 1000) AS at
FROM okta_changes
WHERE entity = 'user' AND day >= format_datetime(current_timestamp - INTERVAL '7' DAY, 'yyyy-MM-dd')
ORDER BY entity, id
