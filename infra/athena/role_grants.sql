-- Who was given or lost an admin role, and by whom, in the last thirty days.
SELECT from_unixtime(time / 1000) AS at, actor.user.email_addr AS actor, metadata.event_code AS event, message, raw_data
FROM okta_events
WHERE day >= format_datetime(current_timestamp - INTERVAL '30' DAY, 'yyyy-MM-dd')
  AND metadata.event_code IN ('user.account.privilege.grant', 'user.account.privilege.revoke', 'group.privilege.grant', 'group.privilege.revoke')
ORDER BY time DESC
